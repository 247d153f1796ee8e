// Package startup keeps the garbage collector from running while the packages of a program initialise themselves. They make three
// megabytes that stay, most of them for schemas of JSON Schema itself, and a collection in their midst finds nothing to free: it
// only wakes the other processors, for more time than all the rest of a short command takes.
//
// Packages are initialised in the order of their import paths as far as their imports allow, and this one imports next to
// nothing, so that it comes early. It may import nothing else.
package startup

import (
	"os"
	"runtime"
	"runtime/debug"
)

// percent is how much the collector lets the heap grow between two collections, as the environment or the runtime has it.
var percent = debug.SetGCPercent(-1)

// Done has the collector run again, as GOGC says. Where that says nothing the first collection comes when the heap is twice as
// large as usual, at eight megabytes: a short command ends before, and what packages made is not gone through in vain. A
// program calls it first in main.
func Done() {
	if os.Getenv("GOGC") != "" {
		debug.SetGCPercent(percent)
		return
	}
	runtime.AddCleanup(new(first), func(percent int) { debug.SetGCPercent(percent) }, percent)
	debug.SetGCPercent(2 * percent)
}

// A first is nobody's, so the first collection frees it. It is larger than what the runtime puts together into one block.
type first struct{ _ [64]byte }
