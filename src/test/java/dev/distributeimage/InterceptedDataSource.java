package dev.distributeimage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

import javax.sql.DataSource;

import dev.distributeimage.Intercepted.Call;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Lets a test intercept every prepared statement that is executed, and every other
 * operation on a connection.
 */
public abstract class InterceptedDataSource extends DelegatingDataSource {

	protected InterceptedDataSource(DataSource target) {
		super(target);
	}

	/** Intercepts the execution of a statement. */
	protected abstract @Nullable Object executed(Call execution) throws Throwable;

	/** Intercepts another operation on the connection, such as a commit. */
	protected @Nullable Object called(Connection connection, Call call) throws Throwable {
		return call.make();
	}

	@Override
	public Connection getConnection() throws SQLException {
		Connection connection = super.getConnection();
		return Intercepted.of(Connection.class, connection, (call) -> {
			Object result = called(connection, call);
			return (result instanceof PreparedStatement statement) ? intercepted(statement) : result;
		});
	}

	private PreparedStatement intercepted(PreparedStatement statement) {
		return Intercepted.of(PreparedStatement.class, statement,
				(call) -> call.name().startsWith("execute") ? executed(call) : call.make());
	}

}
