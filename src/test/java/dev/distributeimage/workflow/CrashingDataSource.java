package dev.distributeimage.workflow;

import java.sql.Connection;
import java.util.Objects;
import java.util.Set;

import javax.sql.DataSource;

import dev.distributeimage.Intercepted.Call;
import dev.distributeimage.InterceptedDataSource;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The service's connections, with fail points around their operations. Connections of a
 * dead process are rolled back, as PostgreSQL does when it finds them closed.
 */
class CrashingDataSource extends InterceptedDataSource {

	private static final Set<String> COMMITTING = Set.of("setAutoCommit", "close");

	private final FailPoints points = new FailPoints();

	CrashingDataSource(DataSource target) {
		super(target);
	}

	FailPoints points() {
		return this.points;
	}

	/** Returns the same database without fail points. */
	JdbcClient onlooker() {
		return JdbcClient.create(Objects.requireNonNull(getTargetDataSource()));
	}

	@Override
	protected @Nullable Object executed(Call execution) throws Throwable {
		return this.points.around(execution);
	}

	@Override
	protected @Nullable Object called(Connection connection, Call call) throws Throwable {
		if (call.name().equals("commit")) {
			return this.points.around(call);
		}
		boolean dead = this.points.isWatched() && this.points.isDead();
		if (dead && COMMITTING.contains(call.name()) && !connection.isClosed() && !connection.getAutoCommit()) {
			connection.rollback();
		}
		return call.make();
	}

	/** Provides these connections to every bean of the service. */
	static class Everywhere implements BeanPostProcessor {

		@Override
		public Object postProcessAfterInitialization(Object bean, String beanName) {
			return beanName.equals("dataSource") ? new CrashingDataSource((DataSource) bean) : bean;
		}

	}

}
