package workflow

import "testing"

func TestACommandIsOneLineWhateverItSays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		in   Command
		want string
	}{
		{"with a place", Command{Kind: "error", File: "a/b.yaml", Line: 3, Col: 7, Title: "ORD-1", Text: "x"}, "::error file=a/b.yaml,line=3,col=7,title=ORD-1::x"},
		{"with its end", Command{Kind: "warning", File: "a", Line: 3, Col: 7, EndCol: 9, Title: "t", Text: "x"}, "::warning file=a,line=3,col=7,endColumn=9,title=t::x"},
		{"without a place", Command{Kind: "notice", Title: "t", Text: "x"}, "::notice title=t::x"},
		{"places begin at 1", Command{Kind: "error", File: "a", Title: "t", Text: "x"}, "::error file=a,line=1,col=1,title=t::x"},
		{"several lines", Command{Kind: "error", Title: "a:b,c", Text: "50%\n::error::y\r"}, "::error title=a%3Ab%2Cc::50%25%0A::error::y%0D"},
		{"a wild name", Command{Kind: "error", File: "a,b\n:c", Title: "t", Text: "x"}, "::error file=a%2Cb%0A%3Ac,line=1,col=1,title=t::x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := c.in.String(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
