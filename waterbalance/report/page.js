"use strict";
(() => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const place = (figure) => document.getElementById(`figure-${figure.name}`);
  // A picture holds the width that its place had: the place is watched, and may become narrower than the picture.
  const watch = new ResizeObserver((entries) => entries
    .filter((entry) => entry.contentRect.width > 0).forEach((entry) => Plotly.Plots.resize(entry.target)));
  const draw = () => figures.map((figure) =>
    Plotly.newPlot(place(figure), figure.data, { ...figure.layout }, { displayModeBar: false })
      .then((drawn) => watch.observe(drawn)));

  // A sheet of A4 across is about 1030 pixels wide and 700 high between its margins, whatever the window was.
  const drawOnPaper = () => figures.forEach((figure) => {
    watch.unobserve(place(figure));
    const size = { width: place(figure).closest(".storages") ? 480 : 1000, height: Math.min(figure.layout.height, 580) };
    Plotly.newPlot(place(figure), figure.data, { ...figure.layout, ...size, autosize: false }, { staticPlot: true });
  });

  Promise.all(draw()).then((drawn) => document.documentElement.setAttribute("data-drawn", String(drawn.length)));
  window.addEventListener("beforeprint", drawOnPaper);
  window.addEventListener("afterprint", draw);
})();
