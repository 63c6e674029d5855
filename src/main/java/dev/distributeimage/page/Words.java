package dev.distributeimage.page;

/** Numbers of things in words. */
final class Words {

	private Words() {
	}

	/** The number with the form of the noun that it takes: {@code 1 call}. */
	static String counted(long number, String one, String many) {
		return number + " " + ((number == 1) ? one : many);
	}

}
