package figures

import "testing"

func TestSharesAreNeverRoundedToAllOrNone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n, of int
		want  string
	}{
		{0, 0, "0 %"},
		{3, 0, "0 %"},
		{0, 5, "0 %"},
		{5, 5, "100 %"},
		{6, 5, "100 %"},
		{1, 1_000_000, "< 0.1 %"},
		{999_999, 1_000_000, "> 99.9 %"},
		{1, 1000, "0.1 %"},
		{999, 1000, "99.9 %"},
		{1, 3, "33.3 %"},
		{1, 4, "25 %"},
	} {
		if got := Percent(c.n, c.of); got != c.want {
			t.Errorf("%d of %d: %s, want %s", c.n, c.of, got, c.want)
		}
		if got := Percent(int64(c.n), int64(c.of)); got != c.want {
			t.Errorf("%d of %d in int64: %s, want %s", c.n, c.of, got, c.want)
		}
	}
}

func TestThousandsHaveCommas(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{
		0: "0", 999: "999", 1000: "1,000", 12403: "12,403", 1234567: "1,234,567", -100: "-100", -1000: "-1,000",
		9223372036854775807: "9,223,372,036,854,775,807", -9223372036854775808: "-9,223,372,036,854,775,808",
	} {
		if got := Thousands(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
