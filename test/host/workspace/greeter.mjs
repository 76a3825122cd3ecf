// A service that lives, and does nothing else.
console.log(`${process.env.GREETING} from process ${process.pid}`);
setInterval(() => {}, 60_000);
