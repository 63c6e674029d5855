package dev.distributeimage.security;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.stereotype.Component;

/**
 * The client registration that people sign in with. Its provider is asked for its
 * addresses before the first request can arrive; the start does not depend on it. While
 * they are not known, one sign-in in 30 s asks again, and holds one thread for two
 * seconds.
 */
@Component
@ConditionalOnWebApplication
@Conditional(PageSignIn.Needed.class)
class PageClients implements ClientRegistrationRepository, SmartLifecycle, DisposableBean {

	private static final Duration BETWEEN_FETCHES = Duration.ofSeconds(30);

	private static final Logger logger = LoggerFactory.getLogger(PageClients.class);

	private final ExecutorService workers = Executors.newCachedThreadPool(new CustomizableThreadFactory("provider-"));

	private final BoundedHttp http = new BoundedHttp(this.workers);

	private final AtomicLong nextFetch = new AtomicLong();

	private final PageRegistration registration;

	private final Clock clock;

	private volatile @Nullable ClientRegistration known;

	private volatile boolean running;

	@Autowired
	PageClients(Environment environment, Clock clock) {
		this(PageRegistration.of(Binder.get(environment)), clock);
	}

	PageClients(PageRegistration registration, Clock clock) {
		this.registration = registration;
		this.clock = clock;
	}

	/** The name of the registration. */
	String registration() {
		return this.registration.name();
	}

	/**
	 * Finds the registration.
	 * @throws ProviderUnavailableException if its provider's addresses are not known
	 */
	@Override
	public @Nullable ClientRegistration findByRegistrationId(String name) {
		if (!name.equals(this.registration.name())) {
			return null;
		}
		ClientRegistration client = this.known;
		return (client != null) ? client : fetched();
	}

	private ClientRegistration fetched() {
		long now = this.clock.millis();
		long next = this.nextFetch.get();
		if (now < next || !this.nextFetch.compareAndSet(next, now + BETWEEN_FETCHES.toMillis())) {
			throw new ProviderUnavailableException();
		}
		try {
			ClientRegistration client = this.http.inTime(() -> this.registration.client(this.http));
			this.known = client;
			return client;
		}
		catch (IOException ex) {
			logger.warn("Nobody can sign in to the page, because its provider's metadata cannot be fetched: {}",
					ex.toString());
			throw new ProviderUnavailableException();
		}
		catch (InterruptedException ex) {
			// The service stops.
			Thread.currentThread().interrupt();
			throw new ProviderUnavailableException();
		}
	}

	@Override
	public void start() {
		this.running = true;
		try {
			fetched();
		}
		catch (ProviderUnavailableException ex) {
			logger.debug("The provider is asked again when somebody signs in", ex);
		}
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/** The web server starts later, and stops before. */
	@Override
	public int getPhase() {
		return 0;
	}

	@Override
	public void destroy() {
		this.workers.shutdownNow();
	}

}
