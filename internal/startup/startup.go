// Package startup keeps the garbage collector from running while the packages of a program initialise themselves. They make three
// megabytes that stay, most of them for schemas of JSON Schema itself, and a collection in their midst finds nothing to free: it
// only wakes the other processors, for more time than all the rest of a short command takes.
//
// Packages are initialised in the order of their import paths as far as their imports allow, and this one imports next to
// nothing, so that it comes early. It may import nothing else.
package startup

import "runtime/debug"

// percent is what the environment, or the runtime, has for the collector.
var percent = debug.SetGCPercent(-1)

// Done has the collector run again as it is set by GOGC. A program calls it first in main.
func Done() { debug.SetGCPercent(percent) }
