package keep

import (
	"testing"

	"github.com/relaycheck/relaycheck/scenarios"
)

func TestShipped(t *testing.T) {
	l, err := scenarios.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	t.Log(len(l))
}
