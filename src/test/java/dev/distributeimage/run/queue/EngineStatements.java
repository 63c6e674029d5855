package dev.distributeimage.run.queue;

/** The statements of the engine's way, for those who send them by other means. */
public final class EngineStatements {

	private EngineStatements() {
	}

	public static String claim() {
		return RunQueue.CLAIM_ANY;
	}

	public static String write() {
		return RunWriter.WRITE;
	}

	public static String postpone() {
		return RunWriter.POSTPONE;
	}

}
