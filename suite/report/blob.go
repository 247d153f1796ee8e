package report

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// A body of ten megabytes stands in a play three times: in the event, in the step, in the attempt. Long bodies are
// therefore kept once, packed, in the play record's blobs (SHA-256 of the body, hex -> gzip), and where the body was
// stands blobPrefix and the key.

const (
	// blobFrom is the length, in bytes, from which a body goes into the blobs: no callback that CSS documents comes near.
	blobFrom   = 64 << 10
	blobPrefix = "relaycheck:blob:"
	// maxBlob bounds what a few bytes of a damaged or hostile log can be unpacked to.
	maxBlob = 1 << 30
)

// takeBlobs moves the long bodies out of an input. A body that looks like a reference goes, too, whatever its length:
// so every reference in a log is one.
func takeBlobs(in judge.Input) (judge.Input, map[string][]byte) {
	blobs := map[string][]byte{}
	out := rewrite(in, rewriter{body: func(b []byte) []byte {
		if len(b) < blobFrom && !bytes.HasPrefix(b, []byte(blobPrefix)) {
			return b
		}
		sum := sha256.Sum256(b)
		key := hex.EncodeToString(sum[:])
		if _, ok := blobs[key]; !ok {
			blobs[key] = pack(b)
		}
		return []byte(blobPrefix + key)
	}})
	if len(blobs) == 0 {
		return out, nil
	}
	return out, blobs
}

// putBlobs puts the long bodies back.
func putBlobs(in judge.Input, blobs map[string][]byte) (judge.Input, error) {
	bodies := map[string]emitter.Bytes{}
	var err error
	out := rewrite(in, rewriter{body: func(b []byte) []byte {
		key, ok := bytes.CutPrefix(b, []byte(blobPrefix))
		if !ok || err != nil {
			return b
		}
		body, ok := bodies[string(key)]
		if !ok {
			body, err = unpack(string(key), blobs)
			bodies[string(key)] = body
		}
		return body
	}})
	return out, err
}

func pack(b []byte) []byte {
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	_, _ = z.Write(b) // a buffer takes everything
	_ = z.Close()
	return buf.Bytes()
}

func unpack(key string, blobs map[string][]byte) ([]byte, error) {
	packed, ok := blobs[key]
	if !ok {
		return nil, fmt.Errorf("the record has no blob %s, but a body refers to it", key)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("unpack blob %s: %w", key, err)
	}
	b, err := io.ReadAll(io.LimitReader(z, maxBlob+1))
	if err != nil {
		return nil, fmt.Errorf("unpack blob %s: %w", key, err)
	}
	if len(b) > maxBlob {
		return nil, fmt.Errorf("unpack blob %s: more than %d bytes", key, maxBlob)
	}
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != key {
		return nil, errors.New("blob " + key + " has another digest than its name says")
	}
	return b, nil
}
