package dev.distributeimage.security;

import java.util.List;

import dev.distributeimage.startup.RefusedStartException;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.web.server.autoconfigure.ServerProperties.ForwardHeadersStrategy;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;

/**
 * Refuses to start if headers of proxies are believed, such as {@code X-Forwarded-For},
 * and nobody has said whose. Spring Boot would believe everybody in a private network,
 * and its own filter everybody.
 */
@Component
class TrustedProxies implements BeanFactoryPostProcessor {

	private static final String STRATEGY = "server.forward-headers-strategy";

	private static final String PROXIES = "server.tomcat.remoteip.internal-proxies";

	/** Each of them has the headers believed, whatever the strategy. */
	private static final List<String> HEADERS = List.of("server.tomcat.remoteip.remote-ip-header",
			"server.tomcat.remoteip.protocol-header");

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
		Environment environment = beans.getBean(Environment.class);
		ForwardHeadersStrategy strategy = Binder.get(environment)
			.bind(STRATEGY, ForwardHeadersStrategy.class)
			.orElse(null);
		if (strategy == ForwardHeadersStrategy.FRAMEWORK) {
			throw new RefusedStartException(
					"%s=framework believes everybody: set it to native, and %s to the addresses of your proxies."
						.formatted(STRATEGY, PROXIES));
		}
		boolean believed = strategy != ForwardHeadersStrategy.NONE
				|| HEADERS.stream().anyMatch((header) -> StringUtils.hasText(environment.getProperty(header)));
		if (believed && !StringUtils.hasText(environment.getProperty(PROXIES))) {
			throw new RefusedStartException(
					"Headers of proxies are to be believed, and nobody has said whose: set %s to the addresses of your proxies and to no others, or %s=none."
						.formatted(PROXIES, STRATEGY));
		}
	}

}
