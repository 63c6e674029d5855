package dev.distributeimage;

import java.time.Clock;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.security.oauth2.client.autoconfigure.OAuth2ClientAutoConfiguration;
import org.springframework.boot.security.oauth2.client.autoconfigure.servlet.OAuth2ClientWebSecurityAutoConfiguration;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerAutoConfiguration;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.web.OAuth2ResourceServerWebSecurityAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;

/** The distribute-image service. */
// The ProblemValve answers what Spring Boot would forward to /error, on both ports. The
// room security decides who signs in, and how.
@SpringBootApplication(exclude = { ErrorMvcAutoConfiguration.class, ManagementWebSecurityAutoConfiguration.class,
		OAuth2ClientAutoConfiguration.class, OAuth2ClientWebSecurityAutoConfiguration.class,
		OAuth2ResourceServerAutoConfiguration.class, OAuth2ResourceServerWebSecurityAutoConfiguration.class,
		SecurityAutoConfiguration.class, ServletWebSecurityAutoConfiguration.class,
		UserDetailsServiceAutoConfiguration.class })
@ConfigurationPropertiesScan
@EnableConfigurationProperties(OAuth2ResourceServerProperties.class)
public class DistributeImageApplication {

	/**
	 * For how many milliseconds after its use the pool trusts a connection. It tests
	 * others before they are used again, each by a transaction: the poller of an idle
	 * service, which looks once a second, would have one before every look.
	 */
	private static final String TRUST = "com.zaxxer.hikari.aliveBypassWindowMs";

	public static void main(String[] args) {
		System.getProperties().putIfAbsent(TRUST, "1500");
		SpringApplication.run(DistributeImageApplication.class, args);
	}

	/**
	 * This machine's clock. Stored times are the database's, and waits are monotonic.
	 */
	@Bean
	Clock clock() {
		return Clock.systemUTC();
	}

}
