package startup

import (
	"runtime"
	"runtime/metrics"
	"testing"
)

// setting is GOGC as the runtime has it at the moment.
func setting() int {
	sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(sample)
	return int(sample[0].Value.Uint64())
}

func TestTheFirstCollectionComesLateAndTheOthersAsUsual(t *testing.T) {
	t.Setenv("GOGC", "77")
	percent = 77
	Done()
	if got := setting(); got != 77 {
		t.Errorf("by GOGC: %d %%", got)
	}
	t.Setenv("GOGC", "")
	percent = 100
	Done()
	if got := setting(); got != 200 {
		t.Errorf("at first: %d %%", got)
	}
	for i := 0; setting() != 100; i++ { // the collection is over before the cleanup has run
		if i == 10_000 {
			t.Fatalf("after a collection: %d %%", setting())
		}
		runtime.GC()
	}
}
