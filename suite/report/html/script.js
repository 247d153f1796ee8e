(function () {
  "use strict";
  var all = Array.prototype.slice;
  var scenarios = all.call(document.querySelectorAll("details.scenario"));
  var form = document.getElementById("filter");
  var verdict = document.getElementById("f-verdict");
  var requirement = document.getElementById("f-requirement");
  var text = document.getElementById("f-text");
  var count = document.getElementById("f-count");
  var words = [];

  function matches(d, i) {
    if (verdict.value && d.dataset.verdict !== verdict.value) return false;
    if (requirement.value && (" " + d.dataset.requirements + " ").indexOf(" " + requirement.value + " ") < 0) return false;
    if (!text.value) return true;
    if (words[i] === undefined) words[i] = d.textContent.toLowerCase();
    return words[i].indexOf(text.value.toLowerCase()) >= 0;
  }
  function filter() {
    var n = 0;
    scenarios.forEach(function (d, i) {
      d.hidden = !matches(d, i);
      if (!d.hidden) n++;
    });
    count.textContent = n + " of " + scenarios.length + " scenarios";
  }
  function openAll(open) {
    scenarios.forEach(function (d) { if (!d.hidden) d.open = open; });
  }
  // A link into something that is closed or filtered out opens it.
  function reveal() {
    var id = decodeURIComponent(location.hash.slice(1));
    var target = id && document.getElementById(id);
    if (!target) return;
    for (var e = target; e; e = e.parentElement) {
      if (e.tagName === "DETAILS") { e.open = true; e.hidden = false; }
    }
    target.scrollIntoView();
    if (target.tabIndex < 0) target.tabIndex = -1;
    target.focus({ preventScroll: true });
  }
  if (form && scenarios.length > 0) {
    form.hidden = false;
    verdict.addEventListener("change", filter);
    requirement.addEventListener("change", filter);
    text.addEventListener("input", filter);
    form.addEventListener("submit", function (e) { e.preventDefault(); });
    document.getElementById("f-open").addEventListener("click", function () { openAll(true); });
    document.getElementById("f-close").addEventListener("click", function () { openAll(false); });
    filter();
  }
  all.call(document.querySelectorAll("button.copy")).forEach(function (b) {
    if (!navigator.clipboard) return;
    b.hidden = false;
    b.addEventListener("click", function () {
      navigator.clipboard.writeText(b.nextElementSibling.textContent).then(function () { b.textContent = "Copied"; });
    });
  });
  window.addEventListener("hashchange", reveal);
  // A second click on the same link does not change the hash, but what it points to may have been closed since.
  document.addEventListener("click", function (e) {
    var a = e.target.closest && e.target.closest('a[href^="#"]');
    if (a && a.getAttribute("href") === location.hash) reveal();
  });
  window.addEventListener("beforeprint", function () { openAll(true); });
  reveal();
})();
