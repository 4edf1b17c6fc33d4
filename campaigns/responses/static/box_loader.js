// Puts the comment box where this script stands, and lets it be as tall as what is in it. No cookie, nothing kept.
(function (box) {
  "use strict";
  var me = document.currentScript;
  var home = new URL(box.url).origin;
  var frame = document.createElement("iframe");
  frame.src = box.url;
  frame.title = (me && me.dataset.title) || box.title;
  frame.style.cssText = "display:block;width:100%;max-width:40rem;height:460px;border:0";
  frame.setAttribute("referrerpolicy", "no-referrer");
  frame.addEventListener("load", function () {
    var isLight = getComputedStyle(frame).colorScheme.indexOf("dark") < 0;
    frame.contentWindow.postMessage({ askwell: "hello", scheme: isLight ? "light" : "" }, home);
  });
  addEventListener("message", function (event) {
    if (event.source !== frame.contentWindow || event.origin !== home) return;
    var height = event.data && event.data.askwell === "height" ? Number(event.data.height) : NaN;
    if (height > 0 && height < 10000) frame.style.height = Math.ceil(height) + "px";
  });
  var place = document.querySelector("[data-askwell-box]");
  if (place) place.appendChild(frame);
  else if (me && me.parentNode && me.parentNode !== document.head) me.parentNode.insertBefore(frame, me.nextSibling);
  else document.body.appendChild(frame);
})(BOX);
