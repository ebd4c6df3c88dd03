use clap::Arg;

/// Gives every option its environment variable, for clap's `mut_args`: with the prefix `SHOP`,
/// that of `--log-filter` is `SHOP_LOG_FILTER`.
pub fn variables_of(prefix: &'static str) -> impl FnMut(Arg) -> Arg {
    move |option| match option.get_long() {
        Some(name) => {
            let variable = format!("{prefix}_{}", name.to_uppercase().replace('-', "_"));
            option.env(variable)
        }
        None => option,
    }
}
