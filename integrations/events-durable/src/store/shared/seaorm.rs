//! Statements in a transaction of SeaORM, which has a connection of sqlx and does not lend it.

use events_seaorm::Tx;
use sea_orm::{ConnectionTrait, DbErr, Statement, sea_query};

use crate::store::{
    conn::{Conn, SqlValue},
    engine::Engine,
    error::StoreError,
};

fn statement<DB: Engine>(sql: &'static str, values: &[SqlValue<'_>]) -> Statement {
    let values = values.iter().map(|value| match *value {
        SqlValue::BigInt(number) => sea_query::Value::from(number),
        SqlValue::Int(number) => sea_query::Value::from(number),
        SqlValue::Text(text) => sea_query::Value::from(text),
    });
    Statement::from_sql_and_values(DB::SEA_ORM, sql, values)
}

impl<DB: Engine> Conn<DB> for Tx {
    async fn rows(
        &mut self,
        sql: &'static str,
        values: &[SqlValue<'_>],
    ) -> Result<u64, StoreError> {
        let executed = self.execute_raw(statement::<DB>(sql, values)).await?;
        Ok(executed.rows_affected())
    }

    async fn number(
        &mut self,
        sql: &'static str,
        values: &[SqlValue<'_>],
    ) -> Result<i32, StoreError> {
        let row = self.query_one_raw(statement::<DB>(sql, values)).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound(sql.to_owned()))?;
        Ok(row.try_get_by_index(0)?)
    }
}
