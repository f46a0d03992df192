package entry

import model "feldsher/internal/ui/present/entry"

// ShowJoinProgress shows the step of joining as it looks in the middle of its work.
func ShowJoinProgress(d *Door, p model.JoinProgress) {
	s := d.view.(*wizard).step.(*joinStep)
	s.running()
	s.tell(p)
}
