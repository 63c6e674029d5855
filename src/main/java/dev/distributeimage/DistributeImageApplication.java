package dev.distributeimage;

import java.time.Clock;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;

/** The distribute-image service. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class DistributeImageApplication {

	public static void main(String[] args) {
		SpringApplication.run(DistributeImageApplication.class, args);
	}

	/**
	 * For waits and times inside this process; what is stored gets its time from the
	 * database.
	 */
	@Bean
	Clock clock() {
		return Clock.systemUTC();
	}

}
