import { base } from "./base.ts";
import { bodyStyle } from "./body.ts";
import { cardStyle } from "./card.ts";
import { headerStyle } from "./header.ts";

export const styles = [base, headerStyle, cardStyle, bodyStyle];
