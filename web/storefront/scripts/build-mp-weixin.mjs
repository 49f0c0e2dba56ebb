/** Build the WeChat mini program into dist/build/mp-weixin, to be opened in the WeChat developer tools. */

import { runUni } from "./run-uni.mjs";

if (!process.env.VITE_API_BASE) {
  console.log("VITE_API_BASE is not set: the mini program will not reach a mall (see README.md)");
}
runUni(["-p", "mp-weixin"]);
