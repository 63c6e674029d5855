package dev.distributeimage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

import javax.sql.DataSource;

import dev.distributeimage.Intercepted.Call;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Lets a test come in between whenever a prepared statement is executed, or something is
 * done to a connection.
 */
public abstract class InterceptedDataSource extends DelegatingDataSource {

	protected InterceptedDataSource(DataSource target) {
		super(target);
	}

	/** A statement is to be executed. */
	protected abstract @Nullable Object executed(Call execution) throws Throwable;

	/** Something else is to be done to the connection: a commit, for example. */
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
