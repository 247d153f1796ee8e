package judge

// fetches judges whether the receiver asked for any of the URLs that it was only told of. Each request that reached the
// canary listener is a finding.
func (j *judgement) fetches() {
	if len(j.in.Fetches) == 0 {
		j.noFetches()
		return
	}
	for _, fetch := range j.in.Fetches {
		subject := fetch.Which
		if fetch.Task != "" {
			subject = fetch.Task + "." + subject
		}
		j.add(finding{
			Check: Check{
				Kind: "fetch", Subject: subject, Outcome: Fail, Expected: "no request",
				Actual: bounded(fetch.Method + " " + fetch.Path), Reason: "the receiver is told of this URL; nobody asked it to fetch it",
				Requirement: speakers(j.own, "fetches"), Pos: j.in.Plan.Expect.Pos,
			},
			guard: "fetch", name: "fetches",
		})
	}
}

// noFetches says that nothing was fetched, where somebody asks and the receiver was told of any URL at all.
func (j *judgement) noFetches() {
	ids := judging(j.own, "fetches")
	if len(ids) == 0 || len(j.own) > 0 && j.own[0].standIn {
		return
	}
	f := finding{
		Check: Check{
			Kind: "fetch", Subject: "canary", Outcome: Pass, Expected: "no request", Actual: "no request", Requirement: ids, Pos: j.in.Plan.Expect.Pos,
		},
		guard: "fetch:untold", name: "fetches",
	}
	told := false
	for _, fate := range fates(&j.in.Transcript, wholePlay) {
		told = told || fate.sure
	}
	if !told {
		f.Outcome, f.Actual, f.Reason = CannotTest, "", "no callback was acknowledged, so the receiver knows none of the URLs"
	}
	j.add(f)
}
