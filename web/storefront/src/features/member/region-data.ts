/** A module of its own, so that the large table becomes one file of its own in the build. */
export { areaList } from "@vant/area-data";
