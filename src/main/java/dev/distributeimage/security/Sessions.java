package dev.distributeimage.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends sessions of browsers. */
public final class Sessions {

	private static final Logger logger = LoggerFactory.getLogger(Sessions.class);

	private Sessions() {
	}

	/** Ends the session of a request, unless another one of the browser just has. */
	public static void end(HttpServletRequest request) {
		try {
			HttpSession session = request.getSession(false);
			if (session != null) {
				session.invalidate();
			}
		}
		catch (IllegalStateException ex) {
			logger.debug("Another request has ended the session", ex);
		}
	}

}
