package dev.distributeimage.security;

import java.util.Optional;

import org.apache.coyote.http11.AbstractHttp11Protocol;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Makes room for tokens in the heads of requests, on both ports: they take several
 * kilobytes. It needs the issuers and the page's client registration, which are looked at
 * before anything else is done.
 */
@Component
@ConditionalOnWebApplication
@Conditional(Mode.SignIn.class)
@Order(100)
class TokenHeaderSize implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {

	private static final int LARGEST_HEAD = 16 * 1024;

	TokenHeaderSize(Issuers issuers, Optional<PageClients> page) {
	}

	@Override
	public void customize(ConfigurableTomcatWebServerFactory factory) {
		factory.addConnectorCustomizers((connector) -> {
			AbstractHttp11Protocol<?> protocol = (AbstractHttp11Protocol<?>) connector.getProtocolHandler();
			protocol.setMaxHttpRequestHeaderSize(Math.max(protocol.getMaxHttpRequestHeaderSize(), LARGEST_HEAD));
		});
	}

}
