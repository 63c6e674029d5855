package dev.distributeimage.run;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Lets the first statements be carried out and loses their answers. */
class LosingDataSource extends DelegatingDataSource {

	private final AtomicInteger toLose;

	private final String sqlState;

	LosingDataSource(DataSource target, int answers) {
		this(target, answers, "08006");
	}

	LosingDataSource(DataSource target, int answers, String sqlState) {
		super(target);
		this.toLose = new AtomicInteger(answers);
		this.sqlState = sqlState;
	}

	@Override
	public Connection getConnection() throws SQLException {
		Connection connection = super.getConnection();
		return proxy(Connection.class, (proxy, method, args) -> {
			Object result = method.invoke(connection, args);
			return (result instanceof PreparedStatement statement) ? losing(statement) : result;
		});
	}

	private PreparedStatement losing(PreparedStatement statement) {
		return proxy(PreparedStatement.class, (proxy, method, args) -> {
			Object result = method.invoke(statement, args);
			if (method.getName().startsWith("execute") && this.toLose.getAndDecrement() > 0) {
				throw new SQLException("The answer was lost", this.sqlState);
			}
			return result;
		});
	}

	private static <T> T proxy(Class<T> type, InvocationHandler handler) {
		InvocationHandler unwrapping = (proxy, method, args) -> {
			try {
				return handler.invoke(proxy, method, args);
			}
			catch (InvocationTargetException ex) {
				throw ex.getCause();
			}
		};
		return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, unwrapping));
	}

}
