package dev.distributeimage;

import java.time.Clock;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;

/** The distribute-image service. */
// The ProblemValve answers what Spring Boot would forward to /error, on both ports.
@SpringBootApplication(exclude = ErrorMvcAutoConfiguration.class)
@ConfigurationPropertiesScan
public class DistributeImageApplication {

	public static void main(String[] args) {
		SpringApplication.run(DistributeImageApplication.class, args);
	}

	/**
	 * For a {@code Retry-After} of AWS that is a date and has no {@code Date} header
	 * beside it. Stored times are the database's, and waits are monotonic.
	 */
	@Bean
	Clock clock() {
		return Clock.systemUTC();
	}

}
