/* Sets the theme before anything is painted, so that a dark console never flashes white. */
(function () {
  var wanted = localStorage.getItem("wanpu.console.theme");
  var isDark = wanted === "dark" || (wanted !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", isDark);
})();
