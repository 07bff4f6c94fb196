"""The built distribution, in environments of its own."""
