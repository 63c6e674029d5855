package dev.distributeimage.run.queue;

/** The engine's main statements, for tests that send them by other means. */
public final class EngineStatements {

	private EngineStatements() {
	}

	public static String claim() {
		return RunQueue.CLAIM_ANY;
	}

	public static String write() {
		return ChangeStatement.WRITE;
	}

}
