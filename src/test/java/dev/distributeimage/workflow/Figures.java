package dev.distributeimage.workflow;

/** The actions on the service in all sequences. */
final class Figures {

	int actions;

	int runs;

	int crashes;

	int faults;

	int calls;

	int builds;

	@Override
	public String toString() {
		return "%d operations, %d runs, %d crashes, %d faults, %d calls to AWS, %d builds".formatted(this.actions,
				this.runs, this.crashes, this.faults, this.calls, this.builds);
	}

}
