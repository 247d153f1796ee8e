// Package startup keeps the garbage collector from running while the packages of a program initialise themselves. They make three
// megabytes that stay, most of them for schemas of JSON Schema itself, and a collection in their midst finds nothing to free: it
// only wakes the other processors, for more time than all the rest of a short command takes.
//
// Packages are initialised in the order of their import paths as far as their imports allow, and this one imports next to
// nothing, so that it comes early. It may import nothing else.
package startup

import (
	"os"
	"runtime/debug"
)

// percent is how much the collector lets the heap grow between two collections: as GOGC says, and where it says nothing half as
// much again as usual. Of a short command's heap most stays for good, and is gone through in vain.
var percent = func() int {
	usual := debug.SetGCPercent(-1)
	if os.Getenv("GOGC") == "" {
		return usual + usual/2
	}
	return usual
}()

// Done has the collector run again. A program calls it first in main.
func Done() { debug.SetGCPercent(percent) }
