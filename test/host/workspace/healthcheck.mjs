// A service is as healthy as its greeting is kind.
process.exitCode = process.env.GREETING === "go away" ? 1 : 0;
