//! Tower layers that tell where a request comes from and whether it may go on
