package dev.distributeimage.simulator;

import java.time.Duration;
import java.time.InstantSource;

import org.jspecify.annotations.Nullable;

/**
 * The settings of a simulator.
 *
 * @param host the address to listen on
 * @param port the port; 0 for any free one
 * @param account the caller's account, 12 digits; everything created belongs to it
 * @param pace how long a new image stays in each status
 * @param tokenLifetime how long a client token is remembered
 * @param nameBeforeToken whether a taken name is refused even if the client token
 * would be replayed
 * @param concurrentBuilds how many unfinished images a Region may have before
 * CreateImage is refused
 * @param strictRecipes whether an image can be made only from recipes, components and
 * infrastructure configurations that were created here
 * @param unsignedRegion the Region of requests without a signature; null refuses them
 * @param clock the clock for statuses and token lifetimes
 */
public record SimulatorSettings(String host, int port, String account, Duration pace, Duration tokenLifetime,
		boolean nameBeforeToken, int concurrentBuilds, boolean strictRecipes, @Nullable String unsignedRegion,
		InstantSource clock) {

	/**
	 * Loopback, any free port, one second per status, one day per token, unlimited builds,
	 * recipes that need not exist, the system clock.
	 */
	public static SimulatorSettings defaults() {
		return new SimulatorSettings("127.0.0.1", 0, "123456789012", Duration.ofSeconds(1), Duration.ofDays(1), false,
				Integer.MAX_VALUE, false, null, InstantSource.system());
	}

	public SimulatorSettings withHost(String other) {
		return new SimulatorSettings(other, this.port, this.account, this.pace, this.tokenLifetime,
				this.nameBeforeToken, this.concurrentBuilds, this.strictRecipes, this.unsignedRegion, this.clock);
	}

	public SimulatorSettings withPort(int other) {
		return new SimulatorSettings(this.host, other, this.account, this.pace, this.tokenLifetime,
				this.nameBeforeToken, this.concurrentBuilds, this.strictRecipes, this.unsignedRegion, this.clock);
	}

	public SimulatorSettings withAccount(String other) {
		return new SimulatorSettings(this.host, this.port, other, this.pace, this.tokenLifetime, this.nameBeforeToken,
				this.concurrentBuilds, this.strictRecipes, this.unsignedRegion, this.clock);
	}

	public SimulatorSettings withPace(Duration other) {
		return new SimulatorSettings(this.host, this.port, this.account, other, this.tokenLifetime,
				this.nameBeforeToken, this.concurrentBuilds, this.strictRecipes, this.unsignedRegion, this.clock);
	}

	public SimulatorSettings withTokenLifetime(Duration other) {
		return new SimulatorSettings(this.host, this.port, this.account, this.pace, other, this.nameBeforeToken,
				this.concurrentBuilds, this.strictRecipes, this.unsignedRegion, this.clock);
	}

	public SimulatorSettings withNameBeforeToken(boolean other) {
		return new SimulatorSettings(this.host, this.port, this.account, this.pace, this.tokenLifetime, other,
				this.concurrentBuilds, this.strictRecipes, this.unsignedRegion, this.clock);
	}

	public SimulatorSettings withConcurrentBuilds(int other) {
		return new SimulatorSettings(this.host, this.port, this.account, this.pace, this.tokenLifetime,
				this.nameBeforeToken, other, this.strictRecipes, this.unsignedRegion, this.clock);
	}

	public SimulatorSettings withStrictRecipes(boolean other) {
		return new SimulatorSettings(this.host, this.port, this.account, this.pace, this.tokenLifetime,
				this.nameBeforeToken, this.concurrentBuilds, other, this.unsignedRegion, this.clock);
	}

	public SimulatorSettings withUnsignedRegion(@Nullable String other) {
		return new SimulatorSettings(this.host, this.port, this.account, this.pace, this.tokenLifetime,
				this.nameBeforeToken, this.concurrentBuilds, this.strictRecipes, other, this.clock);
	}

	public SimulatorSettings withClock(InstantSource other) {
		return new SimulatorSettings(this.host, this.port, this.account, this.pace, this.tokenLifetime,
				this.nameBeforeToken, this.concurrentBuilds, this.strictRecipes, this.unsignedRegion, other);
	}

}
