package receiver

import (
	"net/http"
)

// show answers GET /tasks/{task_id}: the facts, or 404 with the same members if no callback of the task was kept.
func (r *Receiver) show(w http.ResponseWriter, req *http.Request, taskID string) {
	if req.Method != http.MethodGet && req.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		writeJSON(w, http.StatusMethodNotAllowed, note{Code: http.StatusMethodNotAllowed, Message: "a task can only be looked at"})
		return
	}
	events, err := r.load(req.Context(), taskID)
	if err != nil {
		r.log.Error("failed", "error", err)
		writeJSON(w, http.StatusInternalServerError, note{Code: http.StatusInternalServerError, Message: "the task could not be read"})
		return
	}
	f := r.derive(events)
	status := http.StatusOK
	if !f.Exists {
		status = http.StatusNotFound
	}
	writeJSON(w, status, f)
}
