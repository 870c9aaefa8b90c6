"use strict";
(() => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const settings = { responsive: true, displayModeBar: false };
  const drawings = figures.map((figure) =>
    Plotly.newPlot(document.getElementById(`figure-${figure.name}`), figure.data, figure.layout, settings));
  Promise.all(drawings).then(() => document.documentElement.setAttribute("data-drawn", String(drawings.length)));
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll(".js-plotly-plot").forEach((plot) => Plotly.Plots.resize(plot));
  });
})();
