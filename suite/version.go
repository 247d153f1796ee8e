package suite

import (
	"runtime/debug"

	"github.com/relaycheck/relaycheck/scenarios"
)

// version is set by the linker (see the Makefile). A binary built by `go install` takes it from its build info.
var version = ""

// Version is the version of the suite, as reports carry it.
func Version() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "dev"
}

// CatalogueDigest is the SHA-256 of the requirement catalogue that is built in, in hex.
func CatalogueDigest() (string, error) {
	cat, err := scenarios.LoadCatalogue()
	if err != nil {
		return "", err
	}
	return cat.Digest, nil
}
