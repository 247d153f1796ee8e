package observe

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/relaycheck/relaycheck/suite/observe/expression"
	"github.com/relaycheck/relaycheck/suite/target"
)

// A call without a body has a head all the same, of up to 64 KiB.
func TestHeadsCountForWhatASinkKeeps(t *testing.T) {
	t.Parallel()
	taskID, err := expression.Compile("query.task", expression.Call)
	if err != nil {
		t.Fatal(err)
	}
	s := &sink{spec: &target.Sink{TaskID: taskID}, tasks: map[string]*called{}}
	const head = 60 << 10
	note := strings.Repeat("x", head)
	const calls = 2 * maxKeptBytes / head
	for i := range calls {
		r := httptest.NewRequest(http.MethodPost, "/x?task="+strconv.Itoa(i/maxKeptCalls), nil)
		r.Header.Set("X-Note", note)
		s.note(r, nil)
	}
	counted, kept := 0, 0
	for _, c := range s.tasks {
		counted += c.count
		kept += len(c.calls)
	}
	if counted != calls || kept == 0 || kept*head > maxKeptBytes {
		t.Errorf("%d of %d calls counted, %d kept: %d MiB of heads", counted, calls, kept, kept*head>>20)
	}
}
