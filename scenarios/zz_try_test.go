package scenarios_test
import ("testing";"bytes";"math/rand";"time";"github.com/relaycheck/relaycheck/scenarios";"strings";"os")
func TestZZ(t *testing.T){
 var lines [][]byte
 for _,c:=range aCapture(){lines=append(lines,c.Body)}
 base:=bytes.Join(lines,[]byte("\n"))
 r:=rand.New(rand.NewSource(1))
 start:=time.Now(); n:=0; var worst time.Duration
 for time.Since(start)<15*time.Second { n++
  b:=bytes.Clone(base)
  for k:=0;k<1+r.Intn(4);k++{ switch r.Intn(3){case 0:b[r.Intn(len(b))]=byte(r.Intn(256)); case 1: i:=r.Intn(len(b)); b=append(b[:i:i],b[min(len(b),i+r.Intn(20)):]...); case 2: i:=r.Intn(len(b)); b=append(b[:i:i],append([]byte(`"#:{}\n\'`)[r.Intn(7):],b[i:]...)...)}}
  var list []scenarios.Captured
  for l:=range bytes.Lines(b){list=append(list,scenarios.Captured{Body:l})}
  done:=make(chan struct{}); tt:=time.Now()
  go func(){ select{case <-done: case <-time.After(4*time.Second): os.WriteFile("/tmp/hang",b,0o644); panic("hang") }}()
  src,_,err:=scenarios.FromCapture("fuzzed",list); 
  if err!=nil&&strings.HasPrefix(err.Error(),"make a scen"){ t.Fatal(err, string(b)) }
  if err==nil { if _,err:=scenarios.Format("f.yaml",src);err!=nil{t.Fatal(err)} }
  close(done); if d:=time.Since(tt); d>worst{worst=d}
 }
 t.Log(n,worst)
}
