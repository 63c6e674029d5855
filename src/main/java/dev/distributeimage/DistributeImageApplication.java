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

	/** For waits inside this process; all times that are stored are the database's. */
	@Bean
	Clock clock() {
		return Clock.systemUTC();
	}

}
