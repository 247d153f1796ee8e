package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/relaycheck/relaycheck/suite/judge"
)

// The colours of a badge. White on each of them has a contrast of at least 4.5:1 (WCAG AA).
var badgeColors = map[string]string{
	Pass:         "#1a7f37",
	Partial:      "#7a6000",
	Fail:         "#c22b2b",
	Inconclusive: "#57606a",
	Environment:  "#57606a",
}

// Badge writes the verdict as a small SVG for a README: "relay callbacks | 58 held". It holds nothing of the
// receiver, no script and no outside reference.
func Badge(w io.Writer, r Report) error {
	const label = "relay callbacks"
	text := badgeText(r)
	color := badgeColors[r.Verdict]
	if color == "" {
		color = badgeColors[Inconclusive]
	}
	left, right := badgeWidth(label), badgeWidth(text)
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="20" role="img" aria-label="%[5]s: %[6]s">
<title>%[5]s: %[6]s</title>
<clipPath id="r"><rect width="%[1]d" height="20" rx="3" fill="#fff"/></clipPath>
<g clip-path="url(#r)"><rect width="%[2]d" height="20" fill="#444"/><rect x="%[2]d" width="%[3]d" height="20" fill="%[4]s"/></g>
<g fill="#fff" text-anchor="middle" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">
<text x="%[7]d" y="14" textLength="%[9]d">%[5]s</text>
<text x="%[8]d" y="14" textLength="%[10]d">%[6]s</text>
</g>
</svg>
`, left+right, left, right, color, label, text, left/2, left+right/2, left-2*badgePad, right-2*badgePad)
	if err != nil {
		return fmt.Errorf("write the badge: %w", err)
	}
	return nil
}

// badgeText is the verdict in three words.
func badgeText(r Report) string {
	n := count(r.Requirements)
	switch r.Verdict {
	case Pass:
		return fmt.Sprintf("%d held", n[judge.Held])
	case Partial:
		judged := n[judge.Held] + n[judge.Warned]
		return fmt.Sprintf("%d held of %d", n[judge.Held], judged+n[judge.NotObservable]+n[judge.NotTestable])
	case Fail:
		return fmt.Sprintf("%d broken", n[judge.Broken])
	case Environment:
		return "not reached"
	default:
		return "inconclusive"
	}
}

const badgePad = 6

// badgeWidth is how wide a text is drawn, in pixels. Verdana at 11 px is about 7 px a character, narrow letters less;
// textLength stretches the rest, so that an error of a pixel is never seen.
func badgeWidth(s string) int {
	tenths := 0
	for _, c := range s {
		switch {
		case strings.ContainsRune("ijl.,:|' ", c):
			tenths += 36
		case strings.ContainsRune("frt", c):
			tenths += 46
		case strings.ContainsRune("mw", c):
			tenths += 98
		default:
			tenths += 69
		}
	}
	return tenths/10 + 2*badgePad
}
