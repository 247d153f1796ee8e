(function () {
  "use strict";
  function all(what) { return Array.prototype.slice.call(document.querySelectorAll(what)); }
  function byId(id) { return document.getElementById(id); }
  var scenarios = all("details.scenario");
  var form = byId("filter"), requirement = byId("f-requirement"), text = byId("f-text"), count = byId("f-count"), none = byId("f-none");
  var verdicts = all("#filter input[name=verdict]");
  var words = [];

  function verdict() {
    for (var i = 0; i < verdicts.length; i++) if (verdicts[i].checked) return verdicts[i].value;
    return "";
  }
  // What a scenario says is read when it is first asked for, and kept: half a thousand of them are megabytes.
  function says(d, i) {
    if (words[i] === undefined) words[i] = d.textContent.toLowerCase();
    return words[i];
  }
  function filter() {
    var want = verdict(), asked = requirement.value, wanted = text.value.trim().toLowerCase(), n = 0;
    scenarios.forEach(function (d, i) {
      var fits = (!want || d.dataset.verdict === want) &&
        (!asked || (" " + d.dataset.requirements + " ").indexOf(" " + asked + " ") >= 0) &&
        (!wanted || says(d, i).indexOf(wanted) >= 0);
      if (d.hidden === fits) d.hidden = !fits;
      if (fits) n++;
    });
    count.textContent = n + " of " + scenarios.length + " scenarios";
    none.hidden = n > 0;
  }
  function clear() {
    text.value = "";
    requirement.value = "";
    verdicts.forEach(function (v) { v.checked = v.value === ""; });
    filter();
  }
  function openAll(open) {
    scenarios.forEach(function (d) { if (!d.hidden) d.open = open; });
  }
  // A link into something that is closed or filtered out opens it.
  function reveal() {
    var target = byId(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (var e = target; e; e = e.parentElement) {
      if (e.tagName === "DETAILS") { e.open = true; e.hidden = false; }
    }
    target.scrollIntoView();
    target.focus({ preventScroll: true });
  }
  if (scenarios.length > 0) {
    form.hidden = false;
    form.addEventListener("change", filter);
    text.addEventListener("input", filter);
    form.addEventListener("submit", function (e) { e.preventDefault(); });
    byId("f-open").addEventListener("click", function () { openAll(true); });
    byId("f-close").addEventListener("click", function () { openAll(false); });
    byId("f-clear").addEventListener("click", function () { clear(); text.focus(); });
    document.addEventListener("keydown", function (e) {
      var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName) && e.target.type !== "radio";
      if (e.key === "/" && !typing && !e.ctrlKey && !e.metaKey && !e.altKey) { e.preventDefault(); text.focus(); }
      if (e.key === "Escape" && e.target === text) clear();
    });
    filter();
  }
  all("button.copy").forEach(function (b) {
    if (!navigator.clipboard) return;
    b.hidden = false;
    b.addEventListener("click", function () {
      navigator.clipboard.writeText(b.nextElementSibling.textContent).then(function () { b.textContent = "Copied"; }, function () { b.textContent = "Not copied"; });
    });
  });
  window.addEventListener("hashchange", reveal);
  // A second click on the same link does not change the hash, but what it points to may have been closed since.
  document.addEventListener("click", function (e) {
    var a = e.target.closest && e.target.closest('a[href^="#"]');
    if (a && a.getAttribute("href") === location.hash) reveal();
  });
  reveal();
})();
