package section

import "testing"

const doc = "# Title\n\nIntroduction.\n\n## One\n\nFirst.\n\n### Part\n\nMore.\n\n## Two\n\n```\n## not a heading\n```\n\n## Three\n\nLast.\n"

func TestASectionGoesToTheNextHeadingOfItsLevel(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"One": "First.\n\n### Part\n\nMore.", "Two": "```\n## not a heading\n```", "Three": "Last.", "Four": "", "Part": "", "not a heading": "", "Title": "",
	} {
		if got := Find(doc, name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestNothingElseIsChanged(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"One", "Two", "Three"} {
		if got := Replace(doc, name, Find(doc, name)); got != doc {
			t.Errorf("%s: %q", name, got)
		}
		changed := Replace(doc, name, "New.")
		if Find(changed, name) != "New." {
			t.Errorf("%s: %q", name, changed)
		}
		for _, other := range []string{"One", "Two", "Three"} {
			if other != name && Find(changed, other) != Find(doc, other) {
				t.Errorf("%s was changed with %s: %q", other, name, changed)
			}
		}
	}
	if got, want := Replace(doc, "Four", "New."), doc+"\n## Four\n\nNew.\n"; got != want {
		t.Errorf("%q", got)
	}
	if got, want := Replace("", "One", "New."), "## One\n\nNew.\n"; got != want {
		t.Errorf("%q", got)
	}
}
