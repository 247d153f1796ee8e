// Package browser holds the tests of report.html in a real browser: headless Chromium opens the file as a reader does,
// with and without its script, in light and dark, by keyboard, on paper, and axe-core looks for barriers.
//
// It is a module of its own, so that neither the browser's driver nor anything from npm is a dependency of the product.
//
//	npm ci && go test ./...
//	RELAYCHECK_SCREENSHOTS=shots go test -run TestScreenshots ./...   # writes PNG and PDF files to look at
//
// Where Chromium or axe-core is not on the machine the tests are skipped, with the reason; with CI_REQUIRE_SERVICES=1
// they fail instead.
package browser
