package scenarios

import (
	"bytes"
	"encoding/base64"
	"strings"

	"github.com/relaycheck/relaycheck/internal/strict"
)

// decodeBase64 reads base64 with any white space in it.
func decodeBase64(n strict.Node, at strict.Pos, text string) []byte {
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		n.File().Errorf(at, "base64", "this is not base64: %v", err)
		return nil
	}
	return raw
}

// repeat makes a long text of a short one.
func repeat(n strict.Node, text string, times strict.At[int]) []byte {
	if times.Value < 1 {
		n.File().Errorf(times.Pos, "range", "times must be 1 or more")
		return nil
	}
	if text == "" || times.Value > maxBody/len(text) {
		n.File().Errorf(times.Pos, "range", "a body may have 1 to %d bytes, this makes %d × %d", maxBody, times.Value, len(text))
		return nil
	}
	return bytes.Repeat([]byte(text), times.Value)
}
