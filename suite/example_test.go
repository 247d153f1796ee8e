package suite_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/relaycheck/relaycheck/internal/receiver"
	"github.com/relaycheck/relaycheck/suite"
	"github.com/relaycheck/relaycheck/suite/target"
)

// A program asks for a run and looks at the report.
func ExampleRun() {
	rcv, err := receiver.Open(receiver.Config{}) // stands in for your receiver
	if err != nil {
		fmt.Println(err)
		return
	}
	server := httptest.NewServer(rcv)
	defer server.Close()
	t, err := target.ForReference(server.URL) // or target.Load("relaycheck.yaml", os.LookupEnv)
	if err != nil {
		fmt.Println(err)
		return
	}
	rep, err := suite.Run(context.Background(), suite.Config{
		Target:    t,
		Selection: suite.Selection{LabelFilter: "SEQ && !slow"},
	})
	fmt.Println(rep.Verdict, rep.ExitCode, err)
	// Output: pass 0 <nil>
}

// In a Go test three lines do.
func ExampleTest() {
	_ = func(t *testing.T) { // func TestReceiver(t *testing.T)
		server := httptest.NewServer(NewReceiver())
		defer server.Close()
		suite.Test(t, suite.Config{URL: server.URL})
	}
}

// NewReceiver stands in for the receiver that is to be tested.
func NewReceiver() *receiver.Receiver {
	rcv, _ := receiver.Open(receiver.Config{})
	return rcv
}
