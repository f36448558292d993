"""PyTorch's signatures, by namespace, in the order its parser tries them. Written by tools/signatures.py.

One line per signature: its text; the overload it means; for deprecated ones the arguments that overload is called with.
"""
# ruff: noqa: E501

TORCH = """
__and__(Tensor input, Tensor other)	__and__.Tensor
__and__(Tensor input, Scalar other)	__and__.Scalar
__lshift__(Tensor input, Tensor other)	__lshift__.Tensor
__lshift__(Tensor input, Scalar other)	__lshift__.Scalar
__or__(Tensor input, Tensor other)	__or__.Tensor
__or__(Tensor input, Scalar other)	__or__.Scalar
__rshift__(Tensor input, Tensor other)	__rshift__.Tensor
__rshift__(Tensor input, Scalar other)	__rshift__.Scalar
__xor__(Tensor input, Tensor other)	__xor__.Tensor
__xor__(Tensor input, Scalar other)	__xor__.Scalar
_adaptive_avg_pool2d(Tensor input, SymIntArrayRef[2] output_size)	_adaptive_avg_pool2d
_adaptive_avg_pool3d(Tensor input, SymIntArrayRef[3] output_size)	_adaptive_avg_pool3d
_add_batch_dim(Tensor input, int64_t batch_dim, int64_t level)	_add_batch_dim
_add_relu(Tensor input, Tensor other, *, Scalar alpha=1, Tensor out=None)	_add_relu.Tensor
_add_relu(Tensor input, Scalar other, Scalar alpha=1)	_add_relu.Scalar
_add_relu_(Tensor input, Tensor other, *, Scalar alpha=1)	_add_relu_.Tensor
_add_relu_(Tensor input, Scalar other, Scalar alpha=1)	_add_relu_.Scalar
_addmm_activation(Tensor input, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1, bool use_gelu=False, Tensor out=None)	_addmm_activation
_aminmax(Tensor input)	_aminmax
_aminmax(Tensor input, int64_t dim, bool keepdim=False)	_aminmax.dim
_amp_foreach_non_finite_check_and_unscale_(TensorList self, Tensor found_inf, Tensor inv_scale)	_amp_foreach_non_finite_check_and_unscale_
_amp_update_scale_(Tensor input, Tensor growth_tracker, Tensor found_inf, double scale_growth_factor, double scale_backoff_factor, int64_t growth_interval)	_amp_update_scale_
_assert_async(Tensor input)	_assert_async
_assert_async(Tensor input, c10::string_view assert_msg)	_assert_async.msg
_batch_norm_impl_index(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, double momentum, double eps, bool cudnn_enabled)	_batch_norm_impl_index
_cast_Byte(Tensor input, bool non_blocking=False)	_cast_Byte
_cast_Char(Tensor input, bool non_blocking=False)	_cast_Char
_cast_Double(Tensor input, bool non_blocking=False)	_cast_Double
_cast_Float(Tensor input, bool non_blocking=False)	_cast_Float
_cast_Half(Tensor input, bool non_blocking=False)	_cast_Half
_cast_Int(Tensor input, bool non_blocking=False)	_cast_Int
_cast_Long(Tensor input, bool non_blocking=False)	_cast_Long
_cast_Short(Tensor input, bool non_blocking=False)	_cast_Short
_choose_qparams_per_tensor(Tensor input, bool reduce_range=False)	_choose_qparams_per_tensor
_chunk_cat(TensorList tensors, int64_t dim, int64_t num_chunks, *, Tensor out=None)	_chunk_cat
_conj(Tensor input)	_conj
_conj_copy(Tensor input, *, Tensor out=None)	_conj_copy
_conj_physical(Tensor input)	_conj_physical
_convolution(Tensor input, Tensor weight, Tensor? bias, SymIntArrayRef stride, SymIntArrayRef padding, SymIntArrayRef dilation, bool transposed, IntArrayRef output_padding, SymInt groups, bool benchmark, bool deterministic, bool cudnn_enabled)	_convolution.deprecated
_convolution(Tensor input, Tensor weight, Tensor? bias, SymIntArrayRef stride, SymIntArrayRef padding, SymIntArrayRef dilation, bool transposed, SymIntArrayRef output_padding, SymInt groups, bool benchmark, bool deterministic, bool cudnn_enabled, bool allow_tf32)	_convolution
_convolution_mode(Tensor input, Tensor weight, Tensor? bias, SymIntArrayRef stride, c10::string_view padding, SymIntArrayRef dilation, SymInt groups)	_convolution_mode
_copy_from(Tensor input, Tensor dst, bool non_blocking=False)	_copy_from
_copy_from_and_resize(Tensor input, Tensor dst)	_copy_from_and_resize
_ctc_loss(Tensor log_probs, Tensor targets, IntArrayRef input_lengths, IntArrayRef target_lengths, int64_t blank=0, bool zero_infinity=False)	_ctc_loss
_ctc_loss(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, int64_t blank=0, bool zero_infinity=False)	_ctc_loss.Tensor
_cummax_helper(Tensor input, Tensor values, Tensor indices, int64_t dim)	_cummax_helper
_cummin_helper(Tensor input, Tensor values, Tensor indices, int64_t dim)	_cummin_helper
_debug_has_internal_overlap(Tensor input)	_debug_has_internal_overlap
_dim_arange(Tensor like, int64_t dim)	_dim_arange
_dirichlet_grad(Tensor x, Tensor alpha, Tensor total)	_dirichlet_grad
_embedding_bag(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq=False, int64_t mode=0, bool sparse=False, Tensor? per_sample_weights=None, bool include_last_offset=False, int64_t padding_idx=-1)	_embedding_bag
_embedding_bag_forward_only(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq=False, int64_t mode=0, bool sparse=False, Tensor? per_sample_weights=None, bool include_last_offset=False, int64_t padding_idx=-1)	_embedding_bag_forward_only
_euclidean_dist(Tensor x1, Tensor x2)	_euclidean_dist
_fft_c2c(Tensor input, SymIntArrayRef dim, int64_t normalization, bool forward, *, Tensor out=None)	_fft_c2c
_fft_c2r(Tensor input, IntArrayRef dim, int64_t normalization, SymInt last_dim_size, *, Tensor out=None)	_fft_c2r
_fft_r2c(Tensor input, IntArrayRef dim, int64_t normalization, bool onesided, *, Tensor out=None)	_fft_r2c
_foobar(Tensor input, bool arg1=True, bool arg2=True, *, bool arg3=True)	_foobar
_foreach_abs(TensorList self)	_foreach_abs
_foreach_abs_(TensorList self)	_foreach_abs_
_foreach_acos(TensorList self)	_foreach_acos
_foreach_acos_(TensorList self)	_foreach_acos_
_foreach_add(TensorList self, Scalar scalar)	_foreach_add.Scalar
_foreach_add(TensorList self, ScalarList scalars)	_foreach_add.ScalarList
_foreach_add(TensorList self, Tensor other, *, Scalar alpha=1)	_foreach_add.Tensor
_foreach_add(TensorList self, TensorList other, *, Scalar alpha=1)	_foreach_add.List
_foreach_add_(TensorList self, Scalar scalar)	_foreach_add_.Scalar
_foreach_add_(TensorList self, ScalarList scalars)	_foreach_add_.ScalarList
_foreach_add_(TensorList self, Tensor other, *, Scalar alpha=1)	_foreach_add_.Tensor
_foreach_add_(TensorList self, TensorList other, *, Scalar alpha=1)	_foreach_add_.List
_foreach_addcdiv(TensorList self, TensorList tensor1, TensorList tensor2, ScalarList scalars)	_foreach_addcdiv.ScalarList
_foreach_addcdiv(TensorList self, TensorList tensor1, TensorList tensor2, Tensor scalars)	_foreach_addcdiv.Tensor
_foreach_addcdiv(TensorList self, TensorList tensor1, TensorList tensor2, Scalar value=1)	_foreach_addcdiv.Scalar
_foreach_addcdiv_(TensorList self, TensorList tensor1, TensorList tensor2, ScalarList scalars)	_foreach_addcdiv_.ScalarList
_foreach_addcdiv_(TensorList self, TensorList tensor1, TensorList tensor2, Tensor scalars)	_foreach_addcdiv_.Tensor
_foreach_addcdiv_(TensorList self, TensorList tensor1, TensorList tensor2, Scalar value=1)	_foreach_addcdiv_.Scalar
_foreach_addcmul(TensorList self, TensorList tensor1, TensorList tensor2, ScalarList scalars)	_foreach_addcmul.ScalarList
_foreach_addcmul(TensorList self, TensorList tensor1, TensorList tensor2, Tensor scalars)	_foreach_addcmul.Tensor
_foreach_addcmul(TensorList self, TensorList tensor1, TensorList tensor2, Scalar value=1)	_foreach_addcmul.Scalar
_foreach_addcmul_(TensorList self, TensorList tensor1, TensorList tensor2, ScalarList scalars)	_foreach_addcmul_.ScalarList
_foreach_addcmul_(TensorList self, TensorList tensor1, TensorList tensor2, Tensor scalars)	_foreach_addcmul_.Tensor
_foreach_addcmul_(TensorList self, TensorList tensor1, TensorList tensor2, Scalar value=1)	_foreach_addcmul_.Scalar
_foreach_asin(TensorList self)	_foreach_asin
_foreach_asin_(TensorList self)	_foreach_asin_
_foreach_atan(TensorList self)	_foreach_atan
_foreach_atan_(TensorList self)	_foreach_atan_
_foreach_ceil(TensorList self)	_foreach_ceil
_foreach_ceil_(TensorList self)	_foreach_ceil_
_foreach_clamp_max(TensorList self, Scalar scalar)	_foreach_clamp_max.Scalar
_foreach_clamp_max(TensorList self, ScalarList scalars)	_foreach_clamp_max.ScalarList
_foreach_clamp_max(TensorList self, TensorList other)	_foreach_clamp_max.List
_foreach_clamp_max_(TensorList self, Scalar scalar)	_foreach_clamp_max_.Scalar
_foreach_clamp_max_(TensorList self, ScalarList scalars)	_foreach_clamp_max_.ScalarList
_foreach_clamp_max_(TensorList self, TensorList other)	_foreach_clamp_max_.List
_foreach_clamp_min(TensorList self, Scalar scalar)	_foreach_clamp_min.Scalar
_foreach_clamp_min(TensorList self, ScalarList scalars)	_foreach_clamp_min.ScalarList
_foreach_clamp_min(TensorList self, TensorList other)	_foreach_clamp_min.List
_foreach_clamp_min_(TensorList self, Scalar scalar)	_foreach_clamp_min_.Scalar
_foreach_clamp_min_(TensorList self, ScalarList scalars)	_foreach_clamp_min_.ScalarList
_foreach_clamp_min_(TensorList self, TensorList other)	_foreach_clamp_min_.List
_foreach_clone(TensorList self, *, MemoryFormat? memory_format=None)	_foreach_clone
_foreach_copy_(TensorList self, TensorList src, bool non_blocking=False)	_foreach_copy_
_foreach_cos(TensorList self)	_foreach_cos
_foreach_cos_(TensorList self)	_foreach_cos_
_foreach_cosh(TensorList self)	_foreach_cosh
_foreach_cosh_(TensorList self)	_foreach_cosh_
_foreach_div(TensorList self, ScalarList scalars)	_foreach_div.ScalarList
_foreach_div(TensorList self, Tensor other)	_foreach_div.Tensor
_foreach_div(TensorList self, TensorList other)	_foreach_div.List
_foreach_div(TensorList self, Scalar scalar)	_foreach_div.Scalar
_foreach_div_(TensorList self, ScalarList scalars)	_foreach_div_.ScalarList
_foreach_div_(TensorList self, Tensor other)	_foreach_div_.Tensor
_foreach_div_(TensorList self, TensorList other)	_foreach_div_.List
_foreach_div_(TensorList self, Scalar scalar)	_foreach_div_.Scalar
_foreach_erf(TensorList self)	_foreach_erf
_foreach_erf_(TensorList self)	_foreach_erf_
_foreach_erfc(TensorList self)	_foreach_erfc
_foreach_erfc_(TensorList self)	_foreach_erfc_
_foreach_exp(TensorList self)	_foreach_exp
_foreach_exp_(TensorList self)	_foreach_exp_
_foreach_expm1(TensorList self)	_foreach_expm1
_foreach_expm1_(TensorList self)	_foreach_expm1_
_foreach_floor(TensorList self)	_foreach_floor
_foreach_floor_(TensorList self)	_foreach_floor_
_foreach_frac(TensorList self)	_foreach_frac
_foreach_frac_(TensorList self)	_foreach_frac_
_foreach_lerp(TensorList self, TensorList tensors1, Scalar weight)	_foreach_lerp.Scalar
_foreach_lerp(TensorList self, TensorList tensors1, ScalarList weight)	_foreach_lerp.ScalarList
_foreach_lerp(TensorList self, TensorList tensors1, TensorList weights)	_foreach_lerp.List
_foreach_lerp_(TensorList self, TensorList tensors1, Scalar weight)	_foreach_lerp_.Scalar
_foreach_lerp_(TensorList self, TensorList tensors1, ScalarList weight)	_foreach_lerp_.ScalarList
_foreach_lerp_(TensorList self, TensorList tensors1, TensorList weights)	_foreach_lerp_.List
_foreach_lgamma(TensorList self)	_foreach_lgamma
_foreach_lgamma_(TensorList self)	_foreach_lgamma_
_foreach_log(TensorList self)	_foreach_log
_foreach_log10(TensorList self)	_foreach_log10
_foreach_log10_(TensorList self)	_foreach_log10_
_foreach_log1p(TensorList self)	_foreach_log1p
_foreach_log1p_(TensorList self)	_foreach_log1p_
_foreach_log2(TensorList self)	_foreach_log2
_foreach_log2_(TensorList self)	_foreach_log2_
_foreach_log_(TensorList self)	_foreach_log_
_foreach_max(TensorList self)	_foreach_max
_foreach_maximum(TensorList self, Scalar scalar)	_foreach_maximum.Scalar
_foreach_maximum(TensorList self, ScalarList scalars)	_foreach_maximum.ScalarList
_foreach_maximum(TensorList self, TensorList other)	_foreach_maximum.List
_foreach_maximum_(TensorList self, Scalar scalar)	_foreach_maximum_.Scalar
_foreach_maximum_(TensorList self, ScalarList scalars)	_foreach_maximum_.ScalarList
_foreach_maximum_(TensorList self, TensorList other)	_foreach_maximum_.List
_foreach_minimum(TensorList self, Scalar scalar)	_foreach_minimum.Scalar
_foreach_minimum(TensorList self, ScalarList scalars)	_foreach_minimum.ScalarList
_foreach_minimum(TensorList self, TensorList other)	_foreach_minimum.List
_foreach_minimum_(TensorList self, Scalar scalar)	_foreach_minimum_.Scalar
_foreach_minimum_(TensorList self, ScalarList scalars)	_foreach_minimum_.ScalarList
_foreach_minimum_(TensorList self, TensorList other)	_foreach_minimum_.List
_foreach_mm(TensorList self, TensorList mat2)	_foreach_mm
_foreach_mul(TensorList self, ScalarList scalars)	_foreach_mul.ScalarList
_foreach_mul(TensorList self, Tensor other)	_foreach_mul.Tensor
_foreach_mul(TensorList self, TensorList other)	_foreach_mul.List
_foreach_mul(TensorList self, Scalar scalar)	_foreach_mul.Scalar
_foreach_mul_(TensorList self, ScalarList scalars)	_foreach_mul_.ScalarList
_foreach_mul_(TensorList self, Tensor other)	_foreach_mul_.Tensor
_foreach_mul_(TensorList self, TensorList other)	_foreach_mul_.List
_foreach_mul_(TensorList self, Scalar scalar)	_foreach_mul_.Scalar
_foreach_neg(TensorList self)	_foreach_neg
_foreach_neg_(TensorList self)	_foreach_neg_
_foreach_norm(TensorList self, Scalar ord=2, ScalarType? dtype=None)	_foreach_norm.Scalar
_foreach_pow(Scalar self, TensorList exponent)	_foreach_pow.ScalarAndTensor
_foreach_pow(TensorList self, Scalar exponent)	_foreach_pow.Scalar
_foreach_pow(TensorList self, ScalarList exponent)	_foreach_pow.ScalarList
_foreach_pow(TensorList self, TensorList exponent)	_foreach_pow.List
_foreach_pow_(TensorList self, Scalar exponent)	_foreach_pow_.Scalar
_foreach_pow_(TensorList self, ScalarList exponent)	_foreach_pow_.ScalarList
_foreach_pow_(TensorList self, TensorList exponent)	_foreach_pow_.List
_foreach_powsum(TensorList self, Scalar ord=2, ScalarType? dtype=None)	_foreach_powsum.Scalar
_foreach_reciprocal(TensorList self)	_foreach_reciprocal
_foreach_reciprocal_(TensorList self)	_foreach_reciprocal_
_foreach_round(TensorList self)	_foreach_round
_foreach_round_(TensorList self)	_foreach_round_
_foreach_rsqrt(TensorList self)	_foreach_rsqrt
_foreach_rsqrt_(TensorList self)	_foreach_rsqrt_
_foreach_sigmoid(TensorList self)	_foreach_sigmoid
_foreach_sigmoid_(TensorList self)	_foreach_sigmoid_
_foreach_sign(TensorList self)	_foreach_sign
_foreach_sign_(TensorList self)	_foreach_sign_
_foreach_sin(TensorList self)	_foreach_sin
_foreach_sin_(TensorList self)	_foreach_sin_
_foreach_sinh(TensorList self)	_foreach_sinh
_foreach_sinh_(TensorList self)	_foreach_sinh_
_foreach_sqrt(TensorList self)	_foreach_sqrt
_foreach_sqrt_(TensorList self)	_foreach_sqrt_
_foreach_sub(TensorList self, Scalar scalar)	_foreach_sub.Scalar
_foreach_sub(TensorList self, ScalarList scalars)	_foreach_sub.ScalarList
_foreach_sub(TensorList self, TensorList other, *, Scalar alpha=1)	_foreach_sub.List
_foreach_sub_(TensorList self, Scalar scalar)	_foreach_sub_.Scalar
_foreach_sub_(TensorList self, ScalarList scalars)	_foreach_sub_.ScalarList
_foreach_sub_(TensorList self, TensorList other, *, Scalar alpha=1)	_foreach_sub_.List
_foreach_tan(TensorList self)	_foreach_tan
_foreach_tan_(TensorList self)	_foreach_tan_
_foreach_tanh(TensorList self)	_foreach_tanh
_foreach_tanh_(TensorList self)	_foreach_tanh_
_foreach_trunc(TensorList self)	_foreach_trunc
_foreach_trunc_(TensorList self)	_foreach_trunc_
_foreach_zero_(TensorList self)	_foreach_zero_
_fused_adagrad_(TensorList self, TensorList grads, TensorList state_sums, TensorList state_steps, *, Tensor lr, double lr_decay, double weight_decay, double eps, bool maximize, Tensor? grad_scale=None, Tensor? found_inf=None)	_fused_adagrad_.tensor_lr
_fused_adagrad_(TensorList self, TensorList grads, TensorList state_sums, TensorList state_steps, *, double lr, double lr_decay, double weight_decay, double eps, bool maximize, Tensor? grad_scale=None, Tensor? found_inf=None)	_fused_adagrad_
_fused_adam_(TensorList self, TensorList grads, TensorList exp_avgs, TensorList exp_avg_sqs, TensorList max_exp_avg_sqs, TensorList state_steps, *, Tensor lr, double beta1, double beta2, double weight_decay, double eps, bool amsgrad, bool maximize, Tensor? grad_scale=None, Tensor? found_inf=None)	_fused_adam_.tensor_lr
_fused_adam_(TensorList self, TensorList grads, TensorList exp_avgs, TensorList exp_avg_sqs, TensorList max_exp_avg_sqs, TensorList state_steps, *, double lr, double beta1, double beta2, double weight_decay, double eps, bool amsgrad, bool maximize, Tensor? grad_scale=None, Tensor? found_inf=None)	_fused_adam_
_fused_adamw_(TensorList self, TensorList grads, TensorList exp_avgs, TensorList exp_avg_sqs, TensorList max_exp_avg_sqs, TensorList state_steps, *, Tensor lr, double beta1, double beta2, double weight_decay, double eps, bool amsgrad, bool maximize, Tensor? grad_scale=None, Tensor? found_inf=None)	_fused_adamw_.tensor_lr
_fused_adamw_(TensorList self, TensorList grads, TensorList exp_avgs, TensorList exp_avg_sqs, TensorList max_exp_avg_sqs, TensorList state_steps, *, double lr, double beta1, double beta2, double weight_decay, double eps, bool amsgrad, bool maximize, Tensor? grad_scale=None, Tensor? found_inf=None)	_fused_adamw_
_fused_dropout(Tensor input, double p, Generator? generator=None)	_fused_dropout
_fused_moving_avg_obs_fq_helper(Tensor input, Tensor observer_on, Tensor fake_quant_on, Tensor running_min, Tensor running_max, Tensor scale, Tensor zero_point, double averaging_const, int64_t quant_min, int64_t quant_max, int64_t ch_axis, bool per_row_fake_quant=False, bool symmetric_quant=False)	_fused_moving_avg_obs_fq_helper
_fused_sdp_choice(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, double dropout_p=0.0, bool is_causal=False, *, double? scale=None, bool enable_gqa=False)	_fused_sdp_choice
_fused_sgd_(TensorList self, TensorList grads, TensorList momentum_buffer_list, *, double weight_decay, double momentum, Tensor lr, double dampening, bool nesterov, bool maximize, bool is_first_step, Tensor? grad_scale=None, Tensor? found_inf=None)	_fused_sgd_.tensor_lr
_fused_sgd_(TensorList self, TensorList grads, TensorList momentum_buffer_list, *, double weight_decay, double momentum, double lr, double dampening, bool nesterov, bool maximize, bool is_first_step, Tensor? grad_scale=None, Tensor? found_inf=None)	_fused_sgd_
_fw_primal_copy(Tensor input, int64_t level, *, Tensor out=None)	_fw_primal_copy
_has_compatible_shallow_copy_type(Tensor input, Tensor from)	_has_compatible_shallow_copy_type
_index_put_impl_(Tensor input, c10::List<::std::optional<Tensor>> indices, Tensor values, bool accumulate=False, bool unsafe=False)	_index_put_impl_
_indices_copy(Tensor input, *, Tensor out=None)	_indices_copy
_is_all_true(Tensor input)	_is_all_true
_is_any_true(Tensor input)	_is_any_true
_is_zerotensor(Tensor input)	_is_zerotensor
_linalg_check_errors(Tensor info, c10::string_view api_name, *, bool is_matrix)	_linalg_check_errors
_linalg_det(Tensor A, *, TensorList[3] out=None)	_linalg_det
_linalg_eigh(Tensor A, c10::string_view UPLO="L", bool compute_v=True, *, TensorList[2] out=None)	_linalg_eigh
_linalg_slogdet(Tensor A, *, TensorList[4] out=None)	_linalg_slogdet
_linalg_solve_ex(Tensor A, Tensor B, *, bool left=True, bool check_errors=False, TensorList[4] out=None)	_linalg_solve_ex
_linalg_svd(Tensor A, bool full_matrices=False, bool compute_uv=True, *, c10::string_view? driver=None, TensorList[3] out=None)	_linalg_svd
_log_softmax(Tensor input, int64_t dim, bool half_to_float, *, Tensor out=None)	_log_softmax
_log_softmax_backward_data(Tensor grad_output, Tensor output, int64_t dim, ScalarType input_dtype, *, Tensor out=None)	_log_softmax_backward_data
_logcumsumexp(Tensor input, int64_t dim, *, Tensor out=None)	_logcumsumexp
_lu_with_info(Tensor input, bool pivot=True, bool check_errors=True)	_lu_with_info
_make_dual(Tensor primal, Tensor tangent, int64_t level)	_make_dual
_make_dual_copy(Tensor primal, Tensor tangent, int64_t level, *, Tensor out=None)	_make_dual_copy
_masked_scale(Tensor input, Tensor mask, double scale)	_masked_scale
_masked_softmax(Tensor input, Tensor mask, int64_t? dim=None, int64_t? mask_type=None)	_masked_softmax
_native_batch_norm_legit(Tensor input, Tensor? weight, Tensor? bias, Tensor running_mean, Tensor running_var, bool training, double momentum, double eps, *, TensorList[3] out=None)	_native_batch_norm_legit
_native_batch_norm_legit(Tensor input, Tensor? weight, Tensor? bias, bool training, double momentum, double eps, *, TensorList[3] out=None)	_native_batch_norm_legit.no_stats
_native_batch_norm_legit_no_training(Tensor input, Tensor? weight, Tensor? bias, Tensor running_mean, Tensor running_var, double momentum, double eps)	_native_batch_norm_legit_no_training
_native_multi_head_attention(Tensor query, Tensor key, Tensor value, int64_t embed_dim, int64_t num_head, Tensor qkv_weight, Tensor qkv_bias, Tensor proj_weight, Tensor proj_bias, Tensor? mask=None, bool need_weights=True, bool average_attn_weights=True, int64_t? mask_type=None)	_native_multi_head_attention
_neg_view(Tensor input)	_neg_view
_neg_view_copy(Tensor input, *, Tensor out=None)	_neg_view_copy
_pack_padded_sequence(Tensor input, Tensor lengths, bool batch_first)	_pack_padded_sequence
_pad_packed_sequence(Tensor data, Tensor batch_sizes, bool batch_first, Scalar padding_value, int64_t total_length)	_pad_packed_sequence
_philox_key_fold_in(Tensor key, int64_t data)	_philox_key_fold_in
_philox_key_split(Tensor key, int64_t num_splits)	_philox_key_split
_philox_normal_(Tensor input, Tensor key, double mean=0, double std=1)	_philox_normal_
_philox_uniform_(Tensor input, Tensor key, double low=0, double high=1)	_philox_uniform_
_pin_memory(Tensor input, Device? device=None)	_pin_memory
_prelu_kernel(Tensor input, Tensor weight)	_prelu_kernel
_remove_batch_dim(Tensor input, int64_t level, SymInt batch_size, int64_t out_dim)	_remove_batch_dim
_reshape_alias_copy(Tensor input, SymIntArrayRef size, SymIntArrayRef stride, *, Tensor out=None)	_reshape_alias_copy
_reshape_from_tensor(Tensor input, Tensor shape)	_reshape_from_tensor
_resize_output_(Tensor input, SymIntArrayRef size, Device device)	_resize_output_
_rowwise_prune(Tensor weight, Tensor mask, ScalarType compressed_indices_dtype)	_rowwise_prune
_safe_softmax(Tensor input, int64_t dim, ScalarType? dtype=None)	_safe_softmax
_sample_dirichlet(Tensor input, Generator? generator=None)	_sample_dirichlet
_scaled_dot_product_attention_math(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, double dropout_p=0.0, bool is_causal=False, Tensor? dropout_mask=None, *, double? scale=None, bool enable_gqa=False)	_scaled_dot_product_attention_math
_shape_as_tensor(Tensor input)	_shape_as_tensor
_sobol_engine_draw(Tensor quasi, int64_t n, Tensor sobolstate, int64_t dimension, int64_t num_generated, ScalarType? dtype)	_sobol_engine_draw
_sobol_engine_ff_(Tensor input, int64_t n, Tensor sobolstate, int64_t dimension, int64_t num_generated)	_sobol_engine_ff_
_sobol_engine_initialize_state_(Tensor input, int64_t dimension)	_sobol_engine_initialize_state_
_sobol_engine_scramble_(Tensor input, Tensor ltm, int64_t dimension)	_sobol_engine_scramble_
_softmax(Tensor input, int64_t dim, bool half_to_float, *, Tensor out=None)	_softmax
_softmax_backward_data(Tensor grad_output, Tensor output, int64_t dim, ScalarType input_dtype, *, Tensor grad_input=None)	_softmax_backward_data
_stack(TensorList tensors, int64_t dim=0, *, Tensor out=None)	_stack
_standard_gamma(Tensor input, Generator? generator=None)	_standard_gamma
_standard_gamma_grad(Tensor input, Tensor output)	_standard_gamma_grad
_transformer_encoder_layer_fwd(Tensor src, int64_t embed_dim, int64_t num_heads, Tensor qkv_weight, Tensor qkv_bias, Tensor proj_weight, Tensor proj_bias, bool use_gelu, bool norm_first, double eps, Tensor norm_weight_1, Tensor norm_bias_1, Tensor norm_weight_2, Tensor norm_bias_2, Tensor ffn_weight_1, Tensor ffn_bias_1, Tensor ffn_weight_2, Tensor ffn_bias_2, Tensor? mask=None, int64_t? mask_type=None)	_transformer_encoder_layer_fwd
_trilinear(Tensor i1, Tensor i2, Tensor i3, IntArrayRef expand1, IntArrayRef expand2, IntArrayRef expand3, IntArrayRef sumdim, int64_t unroll_dim=1)	_trilinear
_unique(Tensor input, bool sorted=True, bool return_inverse=False)	_unique
_unique2(Tensor input, bool sorted=True, bool return_inverse=False, bool return_counts=False)	_unique2
_unpack_dual(Tensor dual, int64_t level)	_unpack_dual
_unsafe_index(Tensor input, c10::List<::std::optional<Tensor>> indices)	_unsafe_index.Tensor
_unsafe_index_put(Tensor input, c10::List<::std::optional<Tensor>> indices, Tensor values, bool accumulate=False)	_unsafe_index_put
_unsafe_masked_index(Tensor input, Tensor mask, c10::List<::std::optional<Tensor>> indices, Scalar fill)	_unsafe_masked_index
_unsafe_masked_index_put_accumulate(Tensor input, Tensor mask, c10::List<::std::optional<Tensor>> indices, Tensor values)	_unsafe_masked_index_put_accumulate
_values_copy(Tensor input, *, Tensor out=None)	_values_copy
_weight_norm(Tensor v, Tensor g, int64_t dim=0)	_weight_norm
_weight_norm_interface(Tensor v, Tensor g, int64_t dim=0)	_weight_norm_interface
abs(Tensor input, *, Tensor out=None)	abs
abs_(Tensor input)	abs_
absolute(Tensor input, *, Tensor out=None)	absolute
acos(Tensor input, *, Tensor out=None)	acos
acos_(Tensor input)	acos_
acosh(Tensor input, *, Tensor out=None)	acosh
acosh_(Tensor input)	acosh_
adaptive_avg_pool1d(Tensor input, IntArrayRef[1] output_size)	adaptive_avg_pool1d
adaptive_max_pool1d(Tensor input, IntArrayRef[1] output_size)	adaptive_max_pool1d
add(Tensor input, Scalar alpha, Tensor other, *, Tensor out=None)|deprecated	add.Tensor	self, other, alpha
add(Tensor input, Tensor other, *, Scalar alpha=1, Tensor out=None)	add.Tensor
addbmm(Scalar beta, Tensor input, Scalar alpha, Tensor batch1, Tensor batch2, *, Tensor out=None)|deprecated	addbmm	self, batch1, batch2, beta, alpha
addbmm(Scalar beta, Tensor input, Tensor batch1, Tensor batch2, *, Tensor out=None)|deprecated	addbmm	self, batch1, batch2, beta, 1
addbmm(Tensor input, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1, Tensor out=None)	addbmm
addcdiv(Tensor input, Scalar value, Tensor tensor1, Tensor tensor2, *, Tensor out=None)|deprecated	addcdiv	self, tensor1, tensor2, value
addcdiv(Tensor input, Tensor tensor1, Tensor tensor2, *, Scalar value=1, Tensor out=None)	addcdiv
addcmul(Tensor input, Scalar value, Tensor tensor1, Tensor tensor2, *, Tensor out=None)|deprecated	addcmul	self, tensor1, tensor2, value
addcmul(Tensor input, Tensor tensor1, Tensor tensor2, *, Scalar value=1, Tensor out=None)	addcmul
addmm(Scalar beta, Tensor input, Scalar alpha, Tensor mat1, Tensor mat2, *, Tensor out=None)|deprecated	addmm	self, mat1, mat2, beta, alpha
addmm(Scalar beta, Tensor input, Tensor mat1, Tensor mat2, *, Tensor out=None)|deprecated	addmm	self, mat1, mat2, beta, 1
addmm(Tensor input, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1, Tensor out=None)	addmm
addmm(Tensor input, Tensor mat1, Tensor mat2, ScalarType out_dtype, *, Scalar beta=1, Scalar alpha=1, Tensor out=None)	addmm.dtype
addmv(Scalar beta, Tensor input, Scalar alpha, Tensor mat, Tensor vec, *, Tensor out=None)|deprecated	addmv	self, mat, vec, beta, alpha
addmv(Scalar beta, Tensor input, Tensor mat, Tensor vec, *, Tensor out=None)|deprecated	addmv	self, mat, vec, beta, 1
addmv(Tensor input, Tensor mat, Tensor vec, *, Scalar beta=1, Scalar alpha=1, Tensor out=None)	addmv
addmv_(Scalar beta, Tensor input, Scalar alpha, Tensor mat, Tensor vec)|deprecated	addmv_	self, mat, vec, beta, alpha
addmv_(Scalar beta, Tensor input, Tensor mat, Tensor vec)|deprecated	addmv_	self, mat, vec, beta, 1
addmv_(Tensor input, Tensor mat, Tensor vec, *, Scalar beta=1, Scalar alpha=1)	addmv_
addr(Scalar beta, Tensor input, Scalar alpha, Tensor vec1, Tensor vec2, *, Tensor out=None)|deprecated	addr	self, vec1, vec2, beta, alpha
addr(Scalar beta, Tensor input, Tensor vec1, Tensor vec2, *, Tensor out=None)|deprecated	addr	self, vec1, vec2, beta, 1
addr(Tensor input, Tensor vec1, Tensor vec2, *, Scalar beta=1, Scalar alpha=1, Tensor out=None)	addr
adjoint(Tensor input)	adjoint
affine_grid_generator(Tensor theta, SymIntArrayRef size, bool align_corners)	affine_grid_generator
alias_copy(Tensor input, *, Tensor out=None)	alias_copy
all(Tensor input, *, Tensor out=None)	all
all(Tensor input, IntArrayRef? dim=None, bool keepdim=False, *, Tensor out=None)	all.dims
all(Tensor input, int64_t dim, bool keepdim=False, *, Tensor out=None)	all.dim
allclose(Tensor input, Tensor other, double rtol=1e-05, double atol=1e-08, bool equal_nan=False)	allclose
alpha_dropout(Tensor input, double p, bool train)	alpha_dropout
alpha_dropout_(Tensor input, double p, bool train)	alpha_dropout_
amax(Tensor input, IntArrayRef[1] dim=None, bool keepdim=False, *, Tensor out=None)	amax
amin(Tensor input, IntArrayRef[1] dim=None, bool keepdim=False, *, Tensor out=None)	amin
aminmax(Tensor input, *, int64_t? dim=None, bool keepdim=False, TensorList[2] out=None)	aminmax
angle(Tensor input, *, Tensor out=None)	angle
any(Tensor input, *, Tensor out=None)	any
any(Tensor input, IntArrayRef? dim=None, bool keepdim=False, *, Tensor out=None)	any.dims
any(Tensor input, int64_t dim, bool keepdim=False, *, Tensor out=None)	any.dim
arange(Scalar end, *, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	arange
arange(Scalar start, Scalar end, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	arange.start
arange(Scalar start, Scalar end, Scalar step=1, *, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	arange.start_step
arccos(Tensor input, *, Tensor out=None)	arccos
arccos_(Tensor input)	arccos_
arccosh(Tensor input, *, Tensor out=None)	arccosh
arccosh_(Tensor input)	arccosh_
arcsin(Tensor input, *, Tensor out=None)	arcsin
arcsin_(Tensor input)	arcsin_
arcsinh(Tensor input, *, Tensor out=None)	arcsinh
arcsinh_(Tensor input)	arcsinh_
arctan(Tensor input, *, Tensor out=None)	arctan
arctan2(Tensor input, Tensor other, *, Tensor out=None)	arctan2
arctan_(Tensor input)	arctan_
arctanh(Tensor input, *, Tensor out=None)	arctanh
arctanh_(Tensor input)	arctanh_
argmax(Tensor input, int64_t? dim=None, bool keepdim=False, *, Tensor out=None)	argmax
argmin(Tensor input, int64_t? dim=None, bool keepdim=False, *, Tensor out=None)	argmin
argsort(Tensor input, *, bool stable, int64_t dim=-1, bool descending=False, Tensor out=None)	argsort.stable
argsort(Tensor input, int64_t dim=-1, bool descending=False)	argsort
argwhere(Tensor input)	argwhere
as_strided(Tensor input, SymIntArrayRef size, SymIntArrayRef stride, SymInt? storage_offset=None)	as_strided
as_strided_(Tensor input, SymIntArrayRef size, SymIntArrayRef stride, SymInt? storage_offset=None)	as_strided_
as_strided_copy(Tensor input, SymIntArrayRef size, SymIntArrayRef stride, SymInt? storage_offset=None, *, Tensor out=None)	as_strided_copy
as_strided_scatter(Tensor input, Tensor src, SymIntArrayRef size, SymIntArrayRef stride, SymInt? storage_offset=None)	as_strided_scatter
as_tensor(PyObject* data, *, ScalarType dtype=None, Device? device=None)	as_tensor
asarray(PyObject* obj, *, ScalarType? dtype=None, Device? device=None, bool? copy=None, bool? requires_grad=None)	asarray
asin(Tensor input, *, Tensor out=None)	asin
asin_(Tensor input)	asin_
asinh(Tensor input, *, Tensor out=None)	asinh
asinh_(Tensor input)	asinh_
atan(Tensor input, *, Tensor out=None)	atan
atan2(Tensor input, Tensor other, *, Tensor out=None)	atan2
atan_(Tensor input)	atan_
atanh(Tensor input, *, Tensor out=None)	atanh
atanh_(Tensor input)	atanh_
atleast_1d(Tensor input)	atleast_1d
atleast_1d(TensorList tensors)	atleast_1d.Sequence
atleast_2d(Tensor input)	atleast_2d
atleast_2d(TensorList tensors)	atleast_2d.Sequence
atleast_3d(Tensor input)	atleast_3d
atleast_3d(TensorList tensors)	atleast_3d.Sequence
avg_pool1d(Tensor input, IntArrayRef[1] kernel_size, IntArrayRef[1] stride=None, IntArrayRef[1] padding=0, bool ceil_mode=False, bool count_include_pad=True)	avg_pool1d
baddbmm(Scalar beta, Tensor input, Scalar alpha, Tensor batch1, Tensor batch2, *, Tensor out=None)|deprecated	baddbmm	self, batch1, batch2, beta, alpha
baddbmm(Scalar beta, Tensor input, Tensor batch1, Tensor batch2, *, Tensor out=None)|deprecated	baddbmm	self, batch1, batch2, beta, 1
baddbmm(Tensor input, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1, Tensor out=None)	baddbmm
baddbmm(Tensor input, Tensor batch1, Tensor batch2, ScalarType out_dtype, *, Scalar beta=1, Scalar alpha=1, Tensor out=None)	baddbmm.dtype
bartlett_window(int64_t window_length, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	bartlett_window
bartlett_window(int64_t window_length, bool periodic, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	bartlett_window.periodic
batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, double momentum, double eps, bool cudnn_enabled)	batch_norm
batch_norm_elemt(Tensor input, Tensor? weight, Tensor? bias, Tensor mean, Tensor invstd, double eps, *, Tensor out=None)	batch_norm_elemt
batch_norm_gather_stats(Tensor input, Tensor mean, Tensor invstd, Tensor? running_mean, Tensor? running_var, double momentum, double eps, int64_t count)	batch_norm_gather_stats
batch_norm_gather_stats_with_counts(Tensor input, Tensor mean, Tensor invstd, Tensor? running_mean, Tensor? running_var, double momentum, double eps, Tensor counts)	batch_norm_gather_stats_with_counts
batch_norm_stats(Tensor input, double eps)	batch_norm_stats
batch_norm_update_stats(Tensor input, Tensor? running_mean, Tensor? running_var, double momentum)	batch_norm_update_stats
bernoulli(Tensor input, *, Generator? generator=None, Tensor out=None)	bernoulli
bernoulli(Tensor input, double p, *, Generator? generator=None)	bernoulli.p
bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias=None)	bilinear
binary_cross_entropy_with_logits(Tensor input, Tensor target, Tensor? weight=None, Tensor? pos_weight=None, int64_t reduction=at::Reduction::Mean)	binary_cross_entropy_with_logits
bincount(Tensor input, Tensor? weights=None, SymInt minlength=0)	bincount
binomial(Tensor count, Tensor prob, Generator? generator=None)	binomial
bitwise_and(Tensor input, Tensor other, *, Tensor out=None)	bitwise_and.Tensor
bitwise_and(Scalar self, Tensor other)	bitwise_and.Scalar_Tensor
bitwise_and(Tensor input, Scalar other, *, Tensor out=None)	bitwise_and.Scalar
bitwise_left_shift(Tensor input, Tensor other, *, Tensor out=None)	bitwise_left_shift.Tensor
bitwise_left_shift(Scalar self, Tensor other)	bitwise_left_shift.Scalar_Tensor
bitwise_left_shift(Tensor input, Scalar other, *, Tensor out=None)	bitwise_left_shift.Tensor_Scalar
bitwise_not(Tensor input, *, Tensor out=None)	bitwise_not
bitwise_or(Tensor input, Tensor other, *, Tensor out=None)	bitwise_or.Tensor
bitwise_or(Scalar self, Tensor other)	bitwise_or.Scalar_Tensor
bitwise_or(Tensor input, Scalar other, *, Tensor out=None)	bitwise_or.Scalar
bitwise_right_shift(Tensor input, Tensor other, *, Tensor out=None)	bitwise_right_shift.Tensor
bitwise_right_shift(Scalar self, Tensor other)	bitwise_right_shift.Scalar_Tensor
bitwise_right_shift(Tensor input, Scalar other, *, Tensor out=None)	bitwise_right_shift.Tensor_Scalar
bitwise_xor(Tensor input, Tensor other, *, Tensor out=None)	bitwise_xor.Tensor
bitwise_xor(Scalar self, Tensor other)	bitwise_xor.Scalar_Tensor
bitwise_xor(Tensor input, Scalar other, *, Tensor out=None)	bitwise_xor.Scalar
blackman_window(int64_t window_length, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	blackman_window
blackman_window(int64_t window_length, bool periodic, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	blackman_window.periodic
block_diag(TensorList tensors)	block_diag
bmm(Tensor input, Tensor mat2, *, Tensor out=None)	bmm
bmm(Tensor input, Tensor mat2, ScalarType out_dtype, *, Tensor out=None)	bmm.dtype
broadcast_tensors(TensorList tensors)	broadcast_tensors
broadcast_to(Tensor input, SymIntArrayRef size)	broadcast_to
bucketize(Tensor input, Tensor boundaries, *, bool out_int32=False, bool right=False, Tensor out=None)	bucketize.Tensor
bucketize(Scalar self, Tensor boundaries, *, bool out_int32=False, bool right=False)	bucketize.Scalar
can_cast(ScalarType from_, ScalarType to)	can_cast
cartesian_prod(TensorList tensors)	cartesian_prod
cat(TensorList tensors, int64_t dim=0, *, Tensor out=None)	cat
ccol_indices_copy(Tensor input, *, Tensor out=None)	ccol_indices_copy
cdist(Tensor x1, Tensor x2, double p=2, int64_t? compute_mode=None)	cdist
ceil(Tensor input, *, Tensor out=None)	ceil
ceil_(Tensor input)	ceil_
celu(Tensor input, Scalar alpha=1.0)	celu
celu_(Tensor input, Scalar alpha=1.0)	celu_
chain_matmul(TensorList matrices, *, Tensor out=None)	chain_matmul
channel_shuffle(Tensor input, SymInt groups)	channel_shuffle
cholesky(Tensor input, bool upper=False, *, Tensor out=None)	cholesky
cholesky_inverse(Tensor input, bool upper=False, *, Tensor out=None)	cholesky_inverse
cholesky_solve(Tensor input, Tensor input2, bool upper=False, *, Tensor out=None)	cholesky_solve
choose_qparams_optimized(Tensor input, int64_t numel, int64_t n_bins, double ratio, int64_t bit_width)	choose_qparams_optimized
chunk(Tensor input, int64_t chunks, int64_t dim=0)	chunk
clamp(Tensor input, Tensor? min=None, Tensor? max=None, *, Tensor out=None)	clamp.Tensor
clamp(Tensor input, Scalar? min=None, Scalar? max=None, *, Tensor out=None)	clamp
clamp_(Tensor input, Tensor? min=None, Tensor? max=None)	clamp_.Tensor
clamp_(Tensor input, Scalar? min=None, Scalar? max=None)	clamp_
clamp_max(Tensor input, Tensor max, *, Tensor out=None)	clamp_max.Tensor
clamp_max(Tensor input, Scalar max, *, Tensor out=None)	clamp_max
clamp_max_(Tensor input, Tensor max)	clamp_max_.Tensor
clamp_max_(Tensor input, Scalar max)	clamp_max_
clamp_min(Tensor input, Tensor min, *, Tensor out=None)	clamp_min.Tensor
clamp_min(Tensor input, Scalar min, *, Tensor out=None)	clamp_min
clamp_min_(Tensor input, Tensor min)	clamp_min_.Tensor
clamp_min_(Tensor input, Scalar min)	clamp_min_
clip(Tensor input, Tensor? min=None, Tensor? max=None, *, Tensor out=None)	clip.Tensor
clip(Tensor input, Scalar? min=None, Scalar? max=None, *, Tensor out=None)	clip
clip_(Tensor input, Tensor? min=None, Tensor? max=None)	clip_.Tensor
clip_(Tensor input, Scalar? min=None, Scalar? max=None)	clip_
clone(Tensor input, *, MemoryFormat? memory_format=None)	clone
col_indices_copy(Tensor input, *, Tensor out=None)	col_indices_copy
column_stack(TensorList tensors, *, Tensor out=None)	column_stack
combinations(Tensor input, int64_t r=2, bool with_replacement=False)	combinations
complex(Tensor real, Tensor imag, *, Tensor out=None)	complex
concat(TensorList tensors, int64_t dim=0, *, Tensor out=None)	concat
concatenate(TensorList tensors, int64_t dim=0, *, Tensor out=None)	concatenate
conj(Tensor input)	conj
conj_physical(Tensor input, *, Tensor out=None)	conj_physical
conj_physical_(Tensor input)	conj_physical_
constant_pad_nd(Tensor input, SymIntArrayRef pad, Scalar value=0)	constant_pad_nd
conv1d(Tensor input, Tensor weight, Tensor? bias=None, SymIntArrayRef[1] stride=1, SymIntArrayRef[1] padding=0, SymIntArrayRef[1] dilation=1, SymInt groups=1)	conv1d
conv1d(Tensor input, Tensor weight, Tensor? bias=None, SymIntArrayRef[1] stride=1, c10::string_view padding="valid", SymIntArrayRef[1] dilation=1, SymInt groups=1)	conv1d.padding
conv2d(Tensor input, Tensor weight, Tensor? bias=None, SymIntArrayRef[2] stride=1, SymIntArrayRef[2] padding=0, SymIntArrayRef[2] dilation=1, SymInt groups=1)	conv2d
conv2d(Tensor input, Tensor weight, Tensor? bias=None, SymIntArrayRef[2] stride=1, c10::string_view padding="valid", SymIntArrayRef[2] dilation=1, SymInt groups=1)	conv2d.padding
conv3d(Tensor input, Tensor weight, Tensor? bias=None, SymIntArrayRef[3] stride=1, SymIntArrayRef[3] padding=0, SymIntArrayRef[3] dilation=1, SymInt groups=1)	conv3d
conv3d(Tensor input, Tensor weight, Tensor? bias=None, SymIntArrayRef[3] stride=1, c10::string_view padding="valid", SymIntArrayRef[3] dilation=1, SymInt groups=1)	conv3d.padding
conv_tbc(Tensor input, Tensor weight, Tensor bias, int64_t pad=0)	conv_tbc
conv_transpose1d(Tensor input, Tensor weight, Tensor? bias=None, SymIntArrayRef[1] stride=1, SymIntArrayRef[1] padding=0, SymIntArrayRef[1] output_padding=0, SymInt groups=1, SymIntArrayRef[1] dilation=1)	conv_transpose1d
conv_transpose2d(Tensor input, Tensor weight, Tensor? bias=None, SymIntArrayRef[2] stride=1, SymIntArrayRef[2] padding=0, SymIntArrayRef[2] output_padding=0, SymInt groups=1, SymIntArrayRef[2] dilation=1)	conv_transpose2d.input
conv_transpose3d(Tensor input, Tensor weight, Tensor? bias=None, SymIntArrayRef[3] stride=1, SymIntArrayRef[3] padding=0, SymIntArrayRef[3] output_padding=0, SymInt groups=1, SymIntArrayRef[3] dilation=1)	conv_transpose3d.input
convolution(Tensor input, Tensor weight, Tensor? bias, SymIntArrayRef stride, SymIntArrayRef padding, SymIntArrayRef dilation, bool transposed, SymIntArrayRef output_padding, SymInt groups)	convolution
copysign(Tensor input, Tensor other, *, Tensor out=None)	copysign.Tensor
copysign(Tensor input, Scalar other, *, Tensor out=None)	copysign.Scalar
corrcoef(Tensor input)	corrcoef
cos(Tensor input, *, Tensor out=None)	cos
cos_(Tensor input)	cos_
cosh(Tensor input, *, Tensor out=None)	cosh
cosh_(Tensor input)	cosh_
cosine_embedding_loss(Tensor input1, Tensor input2, Tensor target, double margin=0.0, int64_t reduction=at::Reduction::Mean)	cosine_embedding_loss
cosine_similarity(Tensor x1, Tensor x2, int64_t dim=1, double eps=1e-08)	cosine_similarity
count_nonzero(Tensor input, int64_t? dim=None)	count_nonzero
count_nonzero(Tensor input, IntArrayRef dim)	count_nonzero.dim_IntList
cov(Tensor input, *, int64_t correction=1, Tensor? fweights=None, Tensor? aweights=None)	cov
cross(Tensor input, Tensor other, int64_t? dim=None, *, Tensor out=None)	cross
crow_indices_copy(Tensor input, *, Tensor out=None)	crow_indices_copy
ctc_loss(Tensor log_probs, Tensor targets, IntArrayRef input_lengths, IntArrayRef target_lengths, int64_t blank=0, int64_t reduction=at::Reduction::Mean, bool zero_infinity=False)	ctc_loss.IntList
ctc_loss(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, int64_t blank=0, int64_t reduction=at::Reduction::Mean, bool zero_infinity=False)	ctc_loss.Tensor
cummax(Tensor input, int64_t dim, *, TensorList[2] out=None)	cummax
cummin(Tensor input, int64_t dim, *, TensorList[2] out=None)	cummin
cumprod(Tensor input, int64_t dim, *, ScalarType? dtype=None, Tensor out=None)	cumprod
cumsum(Tensor input, int64_t dim, *, ScalarType? dtype=None, Tensor out=None)	cumsum
cumulative_trapezoid(Tensor y, Tensor x, *, int64_t dim=-1)	cumulative_trapezoid.x
cumulative_trapezoid(Tensor y, *, Scalar dx=1, int64_t dim=-1)	cumulative_trapezoid.dx
deg2rad(Tensor input, *, Tensor out=None)	deg2rad
deg2rad_(Tensor input)	deg2rad_
det(Tensor input)	det
detach(Tensor input)	detach
detach_(Tensor input)	detach_
detach_copy(Tensor input, *, Tensor out=None)	detach_copy
diag(Tensor input, int64_t diagonal=0, *, Tensor out=None)	diag
diag_embed(Tensor input, int64_t offset=0, int64_t dim1=-2, int64_t dim2=-1)	diag_embed
diagflat(Tensor input, int64_t offset=0)	diagflat
diagonal(Tensor input, int64_t offset=0, int64_t dim1=0, int64_t dim2=1)	diagonal
diagonal_copy(Tensor input, int64_t offset=0, int64_t dim1=0, int64_t dim2=1, *, Tensor out=None)	diagonal_copy
diagonal_scatter(Tensor input, Tensor src, int64_t offset=0, int64_t dim1=0, int64_t dim2=1)	diagonal_scatter
diff(Tensor input, int64_t n=1, int64_t dim=-1, Tensor? prepend=None, Tensor? append=None, *, Tensor out=None)	diff
digamma(Tensor input, *, Tensor out=None)	digamma
dist(Tensor input, Tensor other, Scalar p=2)	dist
div(Tensor input, Tensor other, *, Tensor out=None)	div.Tensor
div(Tensor input, Tensor other, *, c10::string_view? rounding_mode, Tensor out=None)	div.Tensor_mode
div(Tensor input, Scalar other, *, c10::string_view? rounding_mode)	div.Scalar_mode
divide(Tensor input, Tensor other, *, Tensor out=None)	divide.Tensor
divide(Tensor input, Tensor other, *, c10::string_view? rounding_mode, Tensor out=None)	divide.Tensor_mode
divide(Tensor input, Scalar other)	divide.Scalar
divide(Tensor input, Scalar other, *, c10::string_view? rounding_mode)	divide.Scalar_mode
dot(Tensor input, Tensor tensor, *, Tensor out=None)	dot
dropout(Tensor input, double p, bool train)	dropout
dropout_(Tensor input, double p, bool train)	dropout_
dsplit(Tensor input, int64_t sections)	dsplit.int
dsplit(Tensor input, IntArrayRef indices)	dsplit.array
dstack(TensorList tensors, *, Tensor out=None)	dstack
einsum(c10::string_view equation, TensorList tensors, *, IntArrayRef? path=None)	einsum
embedding(Tensor weight, Tensor indices, SymInt padding_idx=-1, bool scale_grad_by_freq=False, bool sparse=False)	embedding
embedding_bag(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq, int64_t mode, bool sparse, Tensor? per_sample_weights, bool include_last_offset, int64_t? padding_idx)	embedding_bag.padding_idx
embedding_bag(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq=False, int64_t mode=0, bool sparse=False, Tensor? per_sample_weights=None, bool include_last_offset=False)	embedding_bag
embedding_renorm_(Tensor input, Tensor indices, double max_norm, double norm_type)	embedding_renorm_
empty(SymIntArrayRef size, *, MemoryFormat? memory_format=None, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	empty.memory_format
empty_like(Tensor input, *, MemoryFormat? memory_format=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	empty_like
empty_permuted(SymIntArrayRef size, IntArrayRef physical_layout, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	empty_permuted
empty_strided(SymIntArrayRef size, SymIntArrayRef stride, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	empty_strided
eq(Tensor input, Tensor other, *, Tensor out=None)	eq.Tensor
eq(Tensor input, Scalar other, *, Tensor out=None)	eq.Scalar
equal(Tensor input, Tensor other)	equal
erf(Tensor input, *, Tensor out=None)	erf
erf_(Tensor input)	erf_
erfc(Tensor input, *, Tensor out=None)	erfc
erfc_(Tensor input)	erfc_
erfinv(Tensor input, *, Tensor out=None)	erfinv
exp(Tensor input, *, Tensor out=None)	exp
exp2(Tensor input, *, Tensor out=None)	exp2
exp2_(Tensor input)	exp2_
exp_(Tensor input)	exp_
expand_copy(Tensor input, SymIntArrayRef size, *, bool implicit=False, Tensor out=None)	expand_copy
expm1(Tensor input, *, Tensor out=None)	expm1
expm1_(Tensor input)	expm1_
eye(SymInt n, *, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	eye
eye(SymInt n, SymInt m, *, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	eye.m
feature_alpha_dropout(Tensor input, double p, bool train)	feature_alpha_dropout
feature_alpha_dropout_(Tensor input, double p, bool train)	feature_alpha_dropout_
feature_dropout(Tensor input, double p, bool train)	feature_dropout
feature_dropout_(Tensor input, double p, bool train)	feature_dropout_
fill(Tensor input, Tensor value)	fill.Tensor
fill(Tensor input, Scalar value)	fill.Scalar
fill_(Tensor input, Tensor value)	fill_.Tensor
fill_(Tensor input, Scalar value)	fill_.Scalar
fix(Tensor input, *, Tensor out=None)	fix
fix_(Tensor input)	fix_
flatten(Tensor input, int64_t start_dim=0, int64_t end_dim=-1)	flatten.using_ints
flip(Tensor input, IntArrayRef dims)	flip
fliplr(Tensor input)	fliplr
flipud(Tensor input)	flipud
float_power(Tensor input, Tensor exponent, *, Tensor out=None)	float_power.Tensor_Tensor
float_power(Scalar self, Tensor exponent, *, Tensor out=None)	float_power.Scalar
float_power(Tensor input, Scalar exponent, *, Tensor out=None)	float_power.Tensor_Scalar
floor(Tensor input, *, Tensor out=None)	floor
floor_(Tensor input)	floor_
floor_divide(Tensor input, Tensor other, *, Tensor out=None)	floor_divide
floor_divide(Tensor input, Scalar other)	floor_divide.Scalar
fmax(Tensor input, Tensor other, *, Tensor out=None)	fmax
fmin(Tensor input, Tensor other, *, Tensor out=None)	fmin
fmod(Tensor input, Tensor other, *, Tensor out=None)	fmod.Tensor
fmod(Tensor input, Scalar other, *, Tensor out=None)	fmod.Scalar
frac(Tensor input, *, Tensor out=None)	frac
frac_(Tensor input)	frac_
frexp(Tensor input, *, TensorList[2] out=None)	frexp.Tensor
frobenius_norm(Tensor input, IntArrayRef[1] dim, bool keepdim=False, *, Tensor out=None)	frobenius_norm.dim
from_file(c10::string_view filename, bool? shared=None, int64_t? size=0, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	from_file
frombuffer(PyObject* buffer, *, ScalarType dtype, int64_t count=-1, int64_t offset=0, bool requires_grad=False)	frombuffer
full(SymIntArrayRef size, Scalar fill_value, *, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	full
full_like(Tensor input, Scalar fill_value, *, MemoryFormat? memory_format=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	full_like
gather(Tensor input, int64_t dim, Tensor index, *, bool sparse_grad=False, Tensor out=None)	gather
gcd(Tensor input, Tensor other, *, Tensor out=None)	gcd
gcd_(Tensor input, Tensor other)	gcd_
ge(Tensor input, Tensor other, *, Tensor out=None)	ge.Tensor
ge(Tensor input, Scalar other, *, Tensor out=None)	ge.Scalar
geqrf(Tensor input, *, TensorList[2] out=None)	geqrf
ger(Tensor input, Tensor vec2, *, Tensor out=None)	ger
get_device(Tensor input)	get_device
gradient(Tensor input, *, IntArrayRef dim, int64_t edge_order=1)	gradient.array
gradient(Tensor input, *, Scalar spacing, IntArrayRef dim, int64_t edge_order=1)	gradient.scalararray
gradient(Tensor input, *, Scalar? spacing=None, int64_t? dim=None, int64_t edge_order=1)	gradient.scalarint
gradient(Tensor input, *, ScalarList spacing, int64_t? dim=None, int64_t edge_order=1)	gradient.scalarrayint
gradient(Tensor input, *, ScalarList spacing, IntArrayRef dim, int64_t edge_order=1)	gradient.scalarrayarray
gradient(Tensor input, *, TensorList spacing, int64_t? dim=None, int64_t edge_order=1)	gradient.tensorarrayint
gradient(Tensor input, *, TensorList spacing, IntArrayRef dim, int64_t edge_order=1)	gradient.tensorarray
greater(Tensor input, Tensor other, *, Tensor out=None)	greater.Tensor
greater(Tensor input, Scalar other, *, Tensor out=None)	greater.Scalar
greater_equal(Tensor input, Tensor other, *, Tensor out=None)	greater_equal.Tensor
greater_equal(Tensor input, Scalar other, *, Tensor out=None)	greater_equal.Scalar
grid_sampler(Tensor input, Tensor grid, int64_t interpolation_mode, int64_t padding_mode, bool align_corners)	grid_sampler
grid_sampler_2d(Tensor input, Tensor grid, int64_t interpolation_mode, int64_t padding_mode, bool align_corners)	grid_sampler_2d
grid_sampler_3d(Tensor input, Tensor grid, int64_t interpolation_mode, int64_t padding_mode, bool align_corners)	grid_sampler_3d
group_norm(Tensor input, int64_t num_groups, Tensor? weight=None, Tensor? bias=None, double eps=1e-05, bool cudnn_enabled=True)	group_norm
gru(Tensor data, Tensor batch_sizes, Tensor hx, TensorList params, bool has_biases, int64_t num_layers, double dropout, bool train, bool bidirectional)	gru.data
gru(Tensor input, Tensor hx, TensorList params, bool has_biases, int64_t num_layers, double dropout, bool train, bool bidirectional, bool batch_first)	gru.input
gru_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None)	gru_cell
gt(Tensor input, Tensor other, *, Tensor out=None)	gt.Tensor
gt(Tensor input, Scalar other, *, Tensor out=None)	gt.Scalar
hamming_window(int64_t window_length, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	hamming_window
hamming_window(int64_t window_length, bool periodic, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	hamming_window.periodic
hamming_window(int64_t window_length, bool periodic, double alpha, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	hamming_window.periodic_alpha
hamming_window(int64_t window_length, bool periodic, double alpha, double beta, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	hamming_window.periodic_alpha_beta
hann_window(int64_t window_length, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	hann_window
hann_window(int64_t window_length, bool periodic, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	hann_window.periodic
hardshrink(Tensor input, Scalar lambd=0.5, *, Tensor out=None)	hardshrink
hash_tensor(Tensor input, IntArrayRef[1] dim=None, *, bool keepdim=False, int64_t mode=0, Tensor out=None)	hash_tensor
heaviside(Tensor input, Tensor values, *, Tensor out=None)	heaviside
hinge_embedding_loss(Tensor input, Tensor target, double margin=1.0, int64_t reduction=at::Reduction::Mean)	hinge_embedding_loss
histc(Tensor input, int64_t bins=100, Scalar min=0, Scalar max=0, *, Tensor out=None)	histc
histogram(Tensor input, Tensor bins, *, Tensor? weight=None, bool density=False, TensorList[2] out=None)	histogram.bins_tensor
histogram(Tensor input, int64_t bins=100, *, ArrayRef<double>? range=None, Tensor? weight=None, bool density=False, TensorList[2] out=None)	histogram.bin_ct
histogramdd(Tensor input, int64_t bins, ArrayRef<double>? range=None, Tensor? weight=None, bool density=False)	histogramdd.int_bins
histogramdd(Tensor input, IntArrayRef bins, ArrayRef<double>? range=None, Tensor? weight=None, bool density=False)	histogramdd
histogramdd(Tensor input, TensorList bins, ArrayRef<double>? range=None, Tensor? weight=None, bool density=False)	histogramdd.TensorList_bins
hsplit(Tensor input, int64_t sections)	hsplit.int
hsplit(Tensor input, IntArrayRef indices)	hsplit.array
hstack(TensorList tensors, *, Tensor out=None)	hstack
hypot(Tensor input, Tensor other, *, Tensor out=None)	hypot
i0(Tensor input, *, Tensor out=None)	i0
i0_(Tensor input)	i0_
igamma(Tensor input, Tensor other, *, Tensor out=None)	igamma
igammac(Tensor input, Tensor other, *, Tensor out=None)	igammac
imag(Tensor input)	imag
index_add(Tensor input, int64_t dim, Tensor index, Tensor source, *, Scalar alpha=1, Tensor out=None)	index_add
index_copy(Tensor input, int64_t dim, Tensor index, Tensor source, *, Tensor out=None)	index_copy
index_fill(Tensor input, int64_t dim, Tensor index, Tensor value)	index_fill.int_Tensor
index_fill(Tensor input, int64_t dim, Tensor index, Scalar value)	index_fill.int_Scalar
index_put(Tensor input, c10::List<::std::optional<Tensor>> indices, Tensor values, bool accumulate=False)	index_put
index_put_(Tensor input, c10::List<::std::optional<Tensor>> indices, Tensor values, bool accumulate=False)	index_put_
index_reduce(Tensor input, int64_t dim, Tensor index, Tensor source, c10::string_view reduce, *, bool include_self=True, Tensor out=None)	index_reduce
index_select(Tensor input, int64_t dim, Tensor index, *, Tensor out=None)	index_select
indices_copy(Tensor input, *, Tensor out=None)	indices_copy
inner(Tensor input, Tensor other, *, Tensor out=None)	inner
instance_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool use_input_stats, double momentum, double eps, bool cudnn_enabled)	instance_norm
inverse(Tensor input, *, Tensor out=None)	inverse
is_complex(Tensor input)	is_complex
is_conj(Tensor input)	is_conj
is_distributed(Tensor input)	is_distributed
is_floating_point(Tensor input)	is_floating_point
is_inference(Tensor input)	is_inference
is_neg(Tensor input)	is_neg
is_nonzero(Tensor input)	is_nonzero
is_same_size(Tensor input, Tensor other)	is_same_size
is_signed(Tensor input)	is_signed
isclose(Tensor input, Tensor other, double rtol=1e-05, double atol=1e-08, bool equal_nan=False)	isclose
isfinite(Tensor input)	isfinite
isin(Tensor elements, Tensor test_elements, *, bool assume_unique=False, bool invert=False, Tensor out=None)	isin.Tensor_Tensor
isin(Scalar element, Tensor test_elements, *, bool assume_unique=False, bool invert=False, Tensor out=None)	isin.Scalar_Tensor
isin(Tensor elements, Scalar test_element, *, bool assume_unique=False, bool invert=False, Tensor out=None)	isin.Tensor_Scalar
isinf(Tensor input)	isinf
isnan(Tensor input)	isnan
isneginf(Tensor input, *, Tensor out=None)	isneginf
isposinf(Tensor input, *, Tensor out=None)	isposinf
isreal(Tensor input)	isreal
istft(Tensor input, int64_t n_fft, int64_t? hop_length=None, int64_t? win_length=None, Tensor? window=None, bool center=True, bool normalized=False, bool? onesided=None, int64_t? length=None, bool return_complex=False)	istft
kaiser_window(int64_t window_length, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	kaiser_window
kaiser_window(int64_t window_length, bool periodic, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	kaiser_window.periodic
kaiser_window(int64_t window_length, bool periodic, double beta, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	kaiser_window.beta
kl_div(Tensor input, Tensor target, int64_t reduction=at::Reduction::Mean, *, bool log_target=False)	kl_div
kron(Tensor input, Tensor other, *, Tensor out=None)	kron
kthvalue(Tensor input, SymInt k, int64_t dim=-1, bool keepdim=False, *, TensorList[2] out=None)	kthvalue
layer_norm(Tensor input, SymIntArrayRef normalized_shape, Tensor? weight=None, Tensor? bias=None, double eps=1e-05, bool cudnn_enable=True)	layer_norm
lcm(Tensor input, Tensor other, *, Tensor out=None)	lcm
lcm_(Tensor input, Tensor other)	lcm_
ldexp(Tensor input, Tensor other, *, Tensor out=None)	ldexp.Tensor
ldexp_(Tensor input, Tensor other)	ldexp_
le(Tensor input, Tensor other, *, Tensor out=None)	le.Tensor
le(Tensor input, Scalar other, *, Tensor out=None)	le.Scalar
lerp(Tensor input, Tensor end, Tensor weight, *, Tensor out=None)	lerp.Tensor
lerp(Tensor input, Tensor end, Scalar weight, *, Tensor out=None)	lerp.Scalar
less(Tensor input, Tensor other, *, Tensor out=None)	less.Tensor
less(Tensor input, Scalar other, *, Tensor out=None)	less.Scalar
less_equal(Tensor input, Tensor other, *, Tensor out=None)	less_equal.Tensor
less_equal(Tensor input, Scalar other, *, Tensor out=None)	less_equal.Scalar
lgamma(Tensor input, *, Tensor out=None)	lgamma
linspace(Tensor start, Tensor end, int64_t steps, *, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	linspace.Tensor_Tensor
linspace(Scalar start, Tensor end, int64_t steps, *, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	linspace.Scalar_Tensor
linspace(Tensor start, Scalar end, int64_t steps, *, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	linspace.Tensor_Scalar
linspace(Scalar start, Scalar end, int64_t steps, *, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	linspace
log(Tensor input, *, Tensor out=None)	log
log10(Tensor input, *, Tensor out=None)	log10
log10_(Tensor input)	log10_
log1p(Tensor input, *, Tensor out=None)	log1p
log1p_(Tensor input)	log1p_
log2(Tensor input, *, Tensor out=None)	log2
log2_(Tensor input)	log2_
log_(Tensor input)	log_
log_softmax(Tensor input, int64_t dim, ScalarType? dtype=None, *, Tensor out=None)	log_softmax.int
logaddexp(Tensor input, Tensor other, *, Tensor out=None)	logaddexp
logaddexp2(Tensor input, Tensor other, *, Tensor out=None)	logaddexp2
logcumsumexp(Tensor input, int64_t dim, *, Tensor out=None)	logcumsumexp
logdet(Tensor input)	logdet
logical_and(Tensor input, Tensor other, *, Tensor out=None)	logical_and
logical_not(Tensor input, *, Tensor out=None)	logical_not
logical_or(Tensor input, Tensor other, *, Tensor out=None)	logical_or
logical_xor(Tensor input, Tensor other, *, Tensor out=None)	logical_xor
logit(Tensor input, double? eps=None, *, Tensor out=None)	logit
logit_(Tensor input, double? eps=None)	logit_
logspace(Tensor start, Tensor end, int64_t steps, double base=10.0, *, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	logspace.Tensor_Tensor
logspace(Scalar start, Tensor end, int64_t steps, double base=10.0, *, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	logspace.Scalar_Tensor
logspace(Tensor start, Scalar end, int64_t steps, double base=10.0, *, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	logspace.Tensor_Scalar
logspace(Scalar start, Scalar end, int64_t steps, double base=10.0, *, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	logspace
logsumexp(Tensor input, IntArrayRef[1] dim, bool keepdim=False, *, Tensor out=None)	logsumexp
lstm(Tensor data, Tensor batch_sizes, TensorList hx, TensorList params, bool has_biases, int64_t num_layers, double dropout, bool train, bool bidirectional)	lstm.data
lstm(Tensor input, TensorList hx, TensorList params, bool has_biases, int64_t num_layers, double dropout, bool train, bool bidirectional, bool batch_first)	lstm.input
lstm_cell(Tensor input, TensorList hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None)	lstm_cell
lt(Tensor input, Tensor other, *, Tensor out=None)	lt.Tensor
lt(Tensor input, Scalar other, *, Tensor out=None)	lt.Scalar
lu_solve(Tensor input, Tensor LU_data, Tensor LU_pivots, *, Tensor out=None)	lu_solve
lu_unpack(Tensor LU_data, Tensor LU_pivots, bool unpack_data=True, bool unpack_pivots=True, *, TensorList[3] out=None)	lu_unpack
margin_ranking_loss(Tensor input1, Tensor input2, Tensor target, double margin=0.0, int64_t reduction=at::Reduction::Mean)	margin_ranking_loss
masked_fill(Tensor input, Tensor mask, Tensor value)	masked_fill.Tensor
masked_fill(Tensor input, Tensor mask, Scalar value)	masked_fill.Scalar
masked_scatter(Tensor input, Tensor mask, Tensor source)	masked_scatter
masked_select(Tensor input, Tensor mask, *, Tensor out=None)	masked_select
matmul(Tensor input, Tensor other, *, Tensor out=None)	matmul
matrix_exp(Tensor input)	matrix_exp
matrix_power(Tensor input, int64_t n, *, Tensor out=None)	matrix_power
max(Tensor input, *, Tensor out=None)	max
max(Tensor input, Tensor other, *, Tensor out=None)	max.other
max(Tensor input, int64_t dim, bool keepdim=False, *, TensorList[2] out=None)	max.dim
max_pool1d(Tensor input, IntArrayRef[1] kernel_size, IntArrayRef[1] stride=None, IntArrayRef[1] padding=0, IntArrayRef[1] dilation=1, bool ceil_mode=False)	max_pool1d
max_pool1d_with_indices(Tensor input, IntArrayRef[1] kernel_size, IntArrayRef[1] stride=None, IntArrayRef[1] padding=0, IntArrayRef[1] dilation=1, bool ceil_mode=False)	max_pool1d_with_indices
max_pool2d(Tensor input, IntArrayRef[2] kernel_size, IntArrayRef[2] stride=None, IntArrayRef[2] padding=0, IntArrayRef[2] dilation=1, bool ceil_mode=False)	max_pool2d
max_pool3d(Tensor input, IntArrayRef[3] kernel_size, IntArrayRef[3] stride=None, IntArrayRef[3] padding=0, IntArrayRef[3] dilation=1, bool ceil_mode=False)	max_pool3d
maximum(Tensor input, Tensor other, *, Tensor out=None)	maximum
mean(Tensor input, *, ScalarType? dtype=None, Tensor out=None)	mean
mean(Tensor input, IntArrayRef[1]? dim, bool keepdim=False, *, ScalarType? dtype=None, Tensor out=None)	mean.dim
median(Tensor input)	median
median(Tensor input, int64_t dim, bool keepdim=False, *, TensorList[2] out=None)	median.dim
meshgrid(TensorList tensors)	meshgrid
meshgrid(TensorList tensors, *, c10::string_view indexing)	meshgrid.indexing
min(Tensor input, *, Tensor out=None)	min
min(Tensor input, Tensor other, *, Tensor out=None)	min.other
min(Tensor input, int64_t dim, bool keepdim=False, *, TensorList[2] out=None)	min.dim
minimum(Tensor input, Tensor other, *, Tensor out=None)	minimum
mm(Tensor input, Tensor mat2, *, Tensor out=None)	mm
mm(Tensor input, Tensor mat2, ScalarType out_dtype, *, Tensor out=None)	mm.dtype
mode(Tensor input, int64_t dim=-1, bool keepdim=False, *, TensorList[2] out=None)	mode
moveaxis(Tensor input, int64_t source, int64_t destination)	moveaxis.int
moveaxis(Tensor input, IntArrayRef source, IntArrayRef destination)	moveaxis.intlist
movedim(Tensor input, int64_t source, int64_t destination)	movedim.int
movedim(Tensor input, IntArrayRef source, IntArrayRef destination)	movedim.intlist
msort(Tensor input, *, Tensor out=None)	msort
mul(Tensor input, Tensor other, *, Tensor out=None)	mul.Tensor
multinomial(Tensor input, SymInt num_samples, bool replacement=False, *, Generator? generator=None, Tensor out=None)	multinomial
multiply(Tensor input, Tensor other, *, Tensor out=None)	multiply.Tensor
multiply(Tensor input, Scalar other)	multiply.Scalar
mv(Tensor input, Tensor vec, *, Tensor out=None)	mv
mvlgamma(Tensor input, int64_t p, *, Tensor out=None)	mvlgamma
nan_to_num(Tensor input, double? nan=None, double? posinf=None, double? neginf=None, *, Tensor out=None)	nan_to_num
nan_to_num_(Tensor input, double? nan=None, double? posinf=None, double? neginf=None)	nan_to_num_
nanmean(Tensor input, IntArrayRef[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None, Tensor out=None)	nanmean
nanmedian(Tensor input)	nanmedian
nanmedian(Tensor input, int64_t dim, bool keepdim=False, *, TensorList[2] out=None)	nanmedian.dim
nanquantile(Tensor input, Tensor q, int64_t? dim=None, bool keepdim=False, *, c10::string_view interpolation="linear", Tensor out=None)	nanquantile
nanquantile(Tensor input, double q, int64_t? dim=None, bool keepdim=False, *, c10::string_view interpolation="linear", Tensor out=None)	nanquantile.scalar
nansum(Tensor input, IntArrayRef[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None, Tensor out=None)	nansum
narrow(Tensor input, int64_t dim, Tensor start, SymInt length)	narrow.Tensor
narrow(Tensor input, int64_t dim, SymInt start, SymInt length)	narrow
narrow_copy(Tensor input, int64_t dim, SymInt start, SymInt length, *, Tensor out=None)	narrow_copy
native_batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, double momentum, double eps, *, TensorList[3] out=None)	native_batch_norm
native_channel_shuffle(Tensor input, SymInt groups)	native_channel_shuffle
native_dropout(Tensor input, double p, bool? train)	native_dropout
native_group_norm(Tensor input, Tensor? weight, Tensor? bias, SymInt N, SymInt C, SymInt HxW, int64_t group, double eps)	native_group_norm
native_layer_norm(Tensor input, SymIntArrayRef normalized_shape, Tensor? weight, Tensor? bias, double eps)	native_layer_norm
native_norm(Tensor input, Scalar p=2)	native_norm
native_norm(Tensor input, Scalar? p, IntArrayRef[1] dim, bool keepdim, ScalarType? dtype)	native_norm.ScalarOpt_dim_dtype
ne(Tensor input, Tensor other, *, Tensor out=None)	ne.Tensor
ne(Tensor input, Scalar other, *, Tensor out=None)	ne.Scalar
neg(Tensor input, *, Tensor out=None)	neg
neg_(Tensor input)	neg_
negative(Tensor input, *, Tensor out=None)	negative
negative_(Tensor input)	negative_
nextafter(Tensor input, Tensor other, *, Tensor out=None)	nextafter
nonzero(Tensor input, *, bool as_tuple=False, Tensor out=None)	nonzero
nonzero_static(Tensor input, *, SymInt size, int64_t fill_value=-1, Tensor out=None)	nonzero_static
norm(Tensor input, Scalar p=2)	norm.Scalar
norm(Tensor input, Scalar? p, *, ScalarType dtype)	norm.ScalarOpt_dtype
norm(Tensor input, Scalar? p, IntArrayRef[1] dim, bool keepdim, *, ScalarType dtype, Tensor out=None)	norm.ScalarOpt_dim_dtype
norm(Tensor input, Scalar? p, IntArrayRef[1] dim, bool keepdim=False, *, Tensor out=None)	norm.ScalarOpt_dim
norm_except_dim(Tensor v, int64_t pow=2, int64_t dim=0)	norm_except_dim
normal(Tensor mean, Tensor std, *, Generator? generator=None, Tensor out=None)	normal.Tensor_Tensor
normal(Tensor mean, double std=1, *, Generator? generator=None, Tensor out=None)	normal.Tensor_float
normal(double mean, Tensor std, *, Generator? generator=None, Tensor out=None)	normal.float_Tensor
normal(double mean, double std, SymIntArrayRef size, *, Generator? generator=None, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	normal.float_float
not_equal(Tensor input, Tensor other, *, Tensor out=None)	not_equal.Tensor
not_equal(Tensor input, Scalar other, *, Tensor out=None)	not_equal.Scalar
nuclear_norm(Tensor input, IntArrayRef[2] dim, bool keepdim=False, *, Tensor out=None)	nuclear_norm.dim
nuclear_norm(Tensor input, bool keepdim=False, *, Tensor out=None)	nuclear_norm
numel(Tensor input)	numel
ones(SymIntArrayRef size, *, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	ones
ones_like(Tensor input, *, MemoryFormat? memory_format=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	ones_like
orgqr(Tensor input, Tensor input2, *, Tensor out=None)	orgqr
ormqr(Tensor input, Tensor input2, Tensor input3, bool left=True, bool transpose=False, *, Tensor out=None)	ormqr
outer(Tensor input, Tensor vec2, *, Tensor out=None)	outer
pairwise_distance(Tensor x1, Tensor x2, double p=2, double eps=1e-06, bool keepdim=False)	pairwise_distance
pdist(Tensor input, double p=2)	pdist
permute(Tensor input, IntArrayRef dims)	permute
permute_copy(Tensor input, IntArrayRef dims, *, Tensor out=None)	permute_copy
pinverse(Tensor input, double rcond=1e-15)	pinverse
pixel_shuffle(Tensor input, int64_t upscale_factor)	pixel_shuffle
pixel_unshuffle(Tensor input, int64_t downscale_factor)	pixel_unshuffle
poisson(Tensor input, Generator? generator=None)	poisson
poisson_nll_loss(Tensor input, Tensor target, bool log_input, bool full, double eps, int64_t reduction)	poisson_nll_loss
polar(Tensor abs, Tensor angle, *, Tensor out=None)	polar
polygamma(int64_t n, Tensor input, *, Tensor out=None)	polygamma
positive(Tensor input)	positive
pow(Tensor input, Tensor exponent, *, Tensor out=None)	pow.Tensor_Tensor
pow(Scalar self, Tensor exponent, *, Tensor out=None)	pow.Scalar
pow(Tensor input, Scalar exponent, *, Tensor out=None)	pow.Tensor_Scalar
prelu(Tensor input, Tensor weight)	prelu
prod(Tensor input, *, ScalarType? dtype=None)	prod
prod(Tensor input, int64_t dim, bool keepdim=False, *, ScalarType? dtype=None, Tensor out=None)	prod.dim_int
promote_types(ScalarType type1, ScalarType type2)	promote_types
put(Tensor input, Tensor index, Tensor source, bool accumulate=False)	put
qr(Tensor input, bool some=True, *, TensorList[2] out=None)	qr
quantile(Tensor input, Tensor q, int64_t? dim=None, bool keepdim=False, *, c10::string_view interpolation="linear", Tensor out=None)	quantile
quantile(Tensor input, double q, int64_t? dim=None, bool keepdim=False, *, c10::string_view interpolation="linear", Tensor out=None)	quantile.scalar
rad2deg(Tensor input, *, Tensor out=None)	rad2deg
rad2deg_(Tensor input)	rad2deg_
rand(SymIntArrayRef size, *, Generator? generator, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	rand.generator
rand(SymIntArrayRef size, *, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	rand
rand_like(Tensor input, *, Generator? generator, MemoryFormat? memory_format=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	rand_like.generator
rand_like(Tensor input, *, MemoryFormat? memory_format=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	rand_like
randint(SymInt high, SymIntArrayRef size, *, Generator? generator, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	randint.generator
randint(SymInt high, SymIntArrayRef size, *, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	randint
randint(SymInt low, SymInt high, SymIntArrayRef size, *, Generator? generator, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	randint.low_generator
randint(SymInt low, SymInt high, SymIntArrayRef size, *, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	randint.low
randint_like(Tensor input, SymInt low, SymInt high, *, Generator? generator, MemoryFormat? memory_format=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	randint_like.low_generator_dtype
randint_like(Tensor input, SymInt low, SymInt high, *, MemoryFormat? memory_format=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	randint_like.low_dtype
randint_like(Tensor input, Tensor high, *, Generator? generator, MemoryFormat? memory_format=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	randint_like.Tensor_generator
randint_like(Tensor input, Tensor high, *, MemoryFormat? memory_format=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	randint_like.Tensor
randint_like(Tensor input, SymInt high, *, Generator? generator, MemoryFormat? memory_format=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	randint_like.generator
randint_like(Tensor input, SymInt high, *, MemoryFormat? memory_format=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	randint_like
randn(SymIntArrayRef size, *, Generator? generator, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	randn.generator
randn(SymIntArrayRef size, *, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	randn
randn_like(Tensor input, *, Generator? generator, MemoryFormat? memory_format=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	randn_like.generator
randn_like(Tensor input, *, MemoryFormat? memory_format=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	randn_like
randperm(SymInt n, *, Generator? generator, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	randperm.generator
randperm(SymInt n, *, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	randperm
range(Scalar start, Scalar end, Scalar step=1, *, Tensor out=None, ScalarType dtype=None, Layout layout=torch.strided, Device device=None, bool requires_grad=False)	range
ravel(Tensor input)	ravel
real(Tensor input)	real
reciprocal(Tensor input, *, Tensor out=None)	reciprocal
reciprocal_(Tensor input)	reciprocal_
relu(Tensor input)	relu
relu_(Tensor input)	relu_
remainder(Tensor input, Tensor other, *, Tensor out=None)	remainder.Tensor
remainder(Scalar self, Tensor other)	remainder.Scalar_Tensor
remainder(Tensor input, Scalar other, *, Tensor out=None)	remainder.Scalar
renorm(Tensor input, Scalar p, int64_t dim, Scalar maxnorm, *, Tensor out=None)	renorm
repeat_interleave(Tensor input, Tensor repeats, int64_t? dim=None, *, SymInt? output_size=None)	repeat_interleave.self_Tensor
repeat_interleave(Tensor repeats, *, SymInt? output_size=None)	repeat_interleave.Tensor
repeat_interleave(Tensor input, SymInt repeats, int64_t? dim=None, *, SymInt? output_size=None)	repeat_interleave.self_int
reshape(Tensor input, SymIntArrayRef shape)	reshape
resize_as_(Tensor input, Tensor the_template, *, MemoryFormat? memory_format=None)	resize_as_
resolve_conj(Tensor input)	resolve_conj
resolve_neg(Tensor input)	resolve_neg
result_type(Tensor tensor, Tensor other)	result_type.Tensor
result_type(Scalar scalar, Tensor tensor)	result_type.Scalar_Tensor
result_type(Tensor tensor, Scalar other)	result_type.Scalar
result_type(Scalar scalar1, Scalar scalar2)	result_type.Scalar_Scalar
rms_norm(Tensor input, SymIntArrayRef normalized_shape, Tensor? weight=None, double? eps=None)	rms_norm
rnn_relu(Tensor data, Tensor batch_sizes, Tensor hx, TensorList params, bool has_biases, int64_t num_layers, double dropout, bool train, bool bidirectional)	rnn_relu.data
rnn_relu(Tensor input, Tensor hx, TensorList params, bool has_biases, int64_t num_layers, double dropout, bool train, bool bidirectional, bool batch_first)	rnn_relu.input
rnn_relu_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None)	rnn_relu_cell
rnn_tanh(Tensor data, Tensor batch_sizes, Tensor hx, TensorList params, bool has_biases, int64_t num_layers, double dropout, bool train, bool bidirectional)	rnn_tanh.data
rnn_tanh(Tensor input, Tensor hx, TensorList params, bool has_biases, int64_t num_layers, double dropout, bool train, bool bidirectional, bool batch_first)	rnn_tanh.input
rnn_tanh_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None)	rnn_tanh_cell
roll(Tensor input, SymIntArrayRef[1] shifts, IntArrayRef[1] dims=None)	roll
rot90(Tensor input, int64_t k=1, IntArrayRef dims={0,1})	rot90
round(Tensor input, *, Tensor out=None)	round
round(Tensor input, *, int64_t decimals, Tensor out=None)	round.decimals
round_(Tensor input)	round_
round_(Tensor input, *, int64_t decimals)	round_.decimals
row_indices_copy(Tensor input, *, Tensor out=None)	row_indices_copy
row_stack(TensorList tensors, *, Tensor out=None)	row_stack
rrelu(Tensor input, Scalar lower=0.125, Scalar upper=0.3333333333333333, bool training=False, Generator? generator=None)	rrelu
rrelu_(Tensor input, Scalar lower=0.125, Scalar upper=0.3333333333333333, bool training=False, Generator? generator=None)	rrelu_
rsqrt(Tensor input, *, Tensor out=None)	rsqrt
rsqrt_(Tensor input)	rsqrt_
rsub(Tensor input, Tensor other, *, Scalar alpha=1)	rsub.Tensor
rsub(Tensor input, Scalar other, Scalar alpha=1)	rsub.Scalar
scalar_tensor(Scalar s, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	scalar_tensor
scatter(Tensor input, int64_t dim, Tensor index, Tensor src, *, Tensor out=None)	scatter.src
scatter(Tensor input, int64_t dim, Tensor index, Tensor src, *, c10::string_view reduce, Tensor out=None)	scatter.reduce
scatter(Tensor input, int64_t dim, Tensor index, Scalar value, *, Tensor out=None)	scatter.value
scatter(Tensor input, int64_t dim, Tensor index, Scalar value, *, c10::string_view reduce, Tensor out=None)	scatter.value_reduce
scatter_add(Tensor input, int64_t dim, Tensor index, Tensor src, *, Tensor out=None)	scatter_add
scatter_reduce(Tensor input, int64_t dim, Tensor index, Tensor src, c10::string_view reduce, *, bool include_self=True, Tensor out=None)	scatter_reduce.two
searchsorted(Tensor sorted_sequence, Tensor input, *, bool out_int32=False, bool right=False, c10::string_view? side=None, Tensor? sorter=None, Tensor out=None)	searchsorted.Tensor
searchsorted(Tensor sorted_sequence, Scalar self, *, bool out_int32=False, bool right=False, c10::string_view? side=None, Tensor? sorter=None, Tensor out=None)	searchsorted.Scalar
segment_reduce(Tensor data, c10::string_view reduce, *, Tensor? lengths=None, Tensor? indices=None, Tensor? offsets=None, int64_t axis=0, bool unsafe=False, Scalar? initial=None)	segment_reduce
select(Tensor input, int64_t dim, SymInt index)	select.int
select_copy(Tensor input, int64_t dim, SymInt index, *, Tensor out=None)	select_copy.int
select_scatter(Tensor input, Tensor src, int64_t dim, SymInt index)	select_scatter
selu(Tensor input)	selu
selu_(Tensor input)	selu_
sgn(Tensor input, *, Tensor out=None)	sgn
sigmoid(Tensor input, *, Tensor out=None)	sigmoid
sigmoid_(Tensor input)	sigmoid_
sign(Tensor input, *, Tensor out=None)	sign
signbit(Tensor input, *, Tensor out=None)	signbit
sin(Tensor input, *, Tensor out=None)	sin
sin_(Tensor input)	sin_
sinc(Tensor input, *, Tensor out=None)	sinc
sinc_(Tensor input)	sinc_
sinh(Tensor input, *, Tensor out=None)	sinh
sinh_(Tensor input)	sinh_
slice_copy(Tensor input, int64_t dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1, *, Tensor out=None)	slice_copy.Tensor
slice_inverse(Tensor input, Tensor src, int64_t dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1)	slice_inverse
slice_scatter(Tensor input, Tensor src, int64_t dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1, *, Tensor out=None)	slice_scatter
slogdet(Tensor input, *, TensorList[2] out=None)	slogdet
smm(Tensor input, Tensor mat2)	smm
softmax(Tensor input, int64_t dim, ScalarType? dtype=None, *, Tensor out=None)	softmax.int
sort(Tensor input, *, bool? stable, int64_t dim=-1, bool descending=False, TensorList[2] out=None)	sort.stable
sort(Tensor input, int64_t dim=-1, bool descending=False, *, TensorList[2] out=None)	sort
split(Tensor input, SymInt split_size, int64_t dim=0)	split.Tensor
split(Tensor input, SymIntArrayRef split_size, int64_t dim=0)	split.sizes
split_copy(Tensor input, SymInt split_size, int64_t dim=0, *, TensorList out=None)	split_copy.Tensor
split_with_sizes(Tensor input, SymIntArrayRef split_sizes, int64_t dim=0)	split_with_sizes
split_with_sizes_copy(Tensor input, SymIntArrayRef split_sizes, int64_t dim=0, *, TensorList out=None)	split_with_sizes_copy
sqrt(Tensor input, *, Tensor out=None)	sqrt
sqrt_(Tensor input)	sqrt_
square(Tensor input, *, Tensor out=None)	square
square_(Tensor input)	square_
squeeze(Tensor input)	squeeze
squeeze(Tensor input, int64_t dim)	squeeze.dim
squeeze(Tensor input, IntArrayRef dim)	squeeze.dims
squeeze_copy(Tensor input, *, Tensor out=None)	squeeze_copy
squeeze_copy(Tensor input, int64_t dim, *, Tensor out=None)	squeeze_copy.dim
squeeze_copy(Tensor input, IntArrayRef dim, *, Tensor out=None)	squeeze_copy.dims
stack(TensorList tensors, int64_t dim=0, *, Tensor out=None)	stack
std(Tensor input, IntArrayRef[1]? dim, bool unbiased=True, bool keepdim=False, *, Tensor out=None)	std.dim
std(Tensor input, IntArrayRef[1]? dim=None, *, Scalar? correction=None, bool keepdim=False, Tensor out=None)	std.correction
std(Tensor input, bool unbiased=True)	std
std_mean(Tensor input, IntArrayRef[1]? dim, bool unbiased=True, bool keepdim=False)	std_mean.dim
std_mean(Tensor input, IntArrayRef[1]? dim=None, *, Scalar? correction=None, bool keepdim=False)	std_mean.correction
std_mean(Tensor input, bool unbiased=True)	std_mean
stft(Tensor input, int64_t n_fft, int64_t? hop_length=None, int64_t? win_length=None, Tensor? window=None, bool center=True, c10::string_view pad_mode="reflect", bool normalized=False, bool? onesided=None, bool? return_complex=None, bool? align_to_window=None)	stft.center
stft(Tensor input, int64_t n_fft, int64_t? hop_length=None, int64_t? win_length=None, Tensor? window=None, bool normalized=False, bool? onesided=None, bool? return_complex=None, bool? align_to_window=None)	stft
sub(Tensor input, Scalar alpha, Tensor other, *, Tensor out=None)|deprecated	sub.Tensor	self, other, alpha
sub(Tensor input, Tensor other, *, Scalar alpha=1, Tensor out=None)	sub.Tensor
subtract(Tensor input, Tensor other, *, Scalar alpha=1, Tensor out=None)	subtract.Tensor
subtract(Tensor input, Scalar other, Scalar alpha=1)	subtract.Scalar
sum(Tensor input, *, ScalarType? dtype=None)	sum
sum(Tensor input, IntArrayRef[1]? dim, bool keepdim=False, *, ScalarType? dtype=None, Tensor out=None)	sum.dim_IntList
svd(Tensor input, bool some=True, bool compute_uv=True, *, TensorList[3] out=None)	svd
swapaxes(Tensor input, int64_t axis0, int64_t axis1)	swapaxes
swapdims(Tensor input, int64_t dim0, int64_t dim1)	swapdims
sym_constrain_range(Scalar size, *, int64_t? min=None, int64_t? max=None)	sym_constrain_range
sym_constrain_range_for_size(Scalar size, *, int64_t? min=None, int64_t? max=None)	sym_constrain_range_for_size
t(Tensor input)	t
t_copy(Tensor input, *, Tensor out=None)	t_copy
take(Tensor input, Tensor index, *, Tensor out=None)	take
take_along_dim(Tensor input, Tensor indices, int64_t? dim=None, *, Tensor out=None)	take_along_dim
tan(Tensor input, *, Tensor out=None)	tan
tan_(Tensor input)	tan_
tanh(Tensor input, *, Tensor out=None)	tanh
tanh_(Tensor input)	tanh_
tensor(PyObject* data, *, ScalarType dtype=None, Device? device=None, bool pin_memory=False, bool requires_grad=False)	tensor
tensor_split(Tensor input, SymIntArrayRef indices, int64_t dim=0)	tensor_split.indices
tensor_split(Tensor input, Tensor tensor_indices_or_sections, int64_t dim=0)	tensor_split.tensor_indices_or_sections
tensor_split(Tensor input, SymInt sections, int64_t dim=0)	tensor_split.sections
tensordot(Tensor input, Tensor other, IntArrayRef dims_self, IntArrayRef dims_other, *, Tensor out=None)	tensordot
threshold(Tensor input, Scalar threshold, Scalar value, *, Tensor out=None)	threshold
threshold_(Tensor input, Scalar threshold, Scalar value)	threshold_
tile(Tensor input, SymIntArrayRef dims)	tile
topk(Tensor input, SymInt k, int64_t dim=-1, bool largest=True, bool sorted=True, *, TensorList[2] out=None)	topk
trace(Tensor input)	trace
transpose(Tensor input, int64_t dim0, int64_t dim1)	transpose.int
transpose_copy(Tensor input, int64_t dim0, int64_t dim1, *, Tensor out=None)	transpose_copy.int
trapezoid(Tensor y, Tensor x, *, int64_t dim=-1)	trapezoid.x
trapezoid(Tensor y, *, Scalar dx=1, int64_t dim=-1)	trapezoid.dx
trapz(Tensor y, *, double dx=1, int64_t dim=-1)	trapz.dx
trapz(Tensor y, Tensor x, *, int64_t dim=-1)	trapz.x
triangular_solve(Tensor input, Tensor A, bool upper=True, bool transpose=False, bool unitriangular=False, *, TensorList[2] out=None)	triangular_solve
tril(Tensor input, SymInt diagonal=0, *, Tensor out=None)	tril
tril_indices(int64_t row, int64_t col, int64_t offset=0, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	tril_indices
triplet_margin_loss(Tensor anchor, Tensor positive, Tensor negative, double margin=1.0, double p=2, double eps=1e-06, bool swap=False, int64_t reduction=at::Reduction::Mean)	triplet_margin_loss
triu(Tensor input, SymInt diagonal=0, *, Tensor out=None)	triu
triu_indices(int64_t row, int64_t col, int64_t offset=0, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	triu_indices
true_divide(Tensor input, Tensor other, *, Tensor out=None)	true_divide.Tensor
true_divide(Tensor input, Scalar other)	true_divide.Scalar
trunc(Tensor input, *, Tensor out=None)	trunc
trunc_(Tensor input)	trunc_
unbind(Tensor input, int64_t dim=0)	unbind.int
unbind_copy(Tensor input, int64_t dim=0, *, TensorList out=None)	unbind_copy.int
unflatten(Tensor input, int64_t dim, SymIntArrayRef sizes)	unflatten.int
unfold_copy(Tensor input, int64_t dimension, int64_t size, int64_t step, *, Tensor out=None)	unfold_copy
unique_consecutive(Tensor input, bool return_inverse=False, bool return_counts=False, int64_t? dim=None)	unique_consecutive
unique_dim(Tensor input, int64_t dim, bool sorted=True, bool return_inverse=False, bool return_counts=False)	unique_dim
unsafe_chunk(Tensor input, int64_t chunks, int64_t dim=0)	unsafe_chunk
unsafe_split(Tensor input, SymInt split_size, int64_t dim=0)	unsafe_split.Tensor
unsafe_split_with_sizes(Tensor input, SymIntArrayRef split_sizes, int64_t dim=0)	unsafe_split_with_sizes
unsqueeze(Tensor input, int64_t dim)	unsqueeze
unsqueeze_copy(Tensor input, int64_t dim, *, Tensor out=None)	unsqueeze_copy
values_copy(Tensor input, *, Tensor out=None)	values_copy
vander(Tensor x, int64_t? N=None, bool increasing=False)	vander
var(Tensor input, IntArrayRef[1]? dim, bool unbiased=True, bool keepdim=False, *, Tensor out=None)	var.dim
var(Tensor input, IntArrayRef[1]? dim=None, *, Scalar? correction=None, bool keepdim=False, Tensor out=None)	var.correction
var(Tensor input, bool unbiased=True)	var
var_mean(Tensor input, IntArrayRef[1]? dim, bool unbiased=True, bool keepdim=False)	var_mean.dim
var_mean(Tensor input, IntArrayRef[1]? dim=None, *, Scalar? correction=None, bool keepdim=False)	var_mean.correction
var_mean(Tensor input, bool unbiased=True)	var_mean
vdot(Tensor input, Tensor other, *, Tensor out=None)	vdot
view_as_complex(Tensor input)	view_as_complex
view_as_complex_copy(Tensor input, *, Tensor out=None)	view_as_complex_copy
view_as_real(Tensor input)	view_as_real
view_as_real_copy(Tensor input, *, Tensor out=None)	view_as_real_copy
view_copy(Tensor input, ScalarType dtype, *, Tensor out=None)	view_copy.dtype
view_copy(Tensor input, SymIntArrayRef size, *, Tensor out=None)	view_copy
vsplit(Tensor input, int64_t sections)	vsplit.int
vsplit(Tensor input, IntArrayRef indices)	vsplit.array
vstack(TensorList tensors, *, Tensor out=None)	vstack
where(Tensor condition)	where
where(Tensor condition, Tensor input, Tensor other, *, Tensor out=None)	where.self
where(Tensor condition, Scalar self, Tensor other)	where.ScalarSelf
where(Tensor condition, Tensor input, Scalar other)	where.ScalarOther
where(Tensor condition, Scalar self, Scalar other)	where.Scalar
xlogy(Tensor input, Tensor other, *, Tensor out=None)	xlogy.Tensor
xlogy(Scalar self, Tensor other, *, Tensor out=None)	xlogy.Scalar_Self
xlogy(Tensor input, Scalar other, *, Tensor out=None)	xlogy.Scalar_Other
xlogy_(Tensor input, Tensor other)	xlogy_.Tensor
xlogy_(Tensor input, Scalar other)	xlogy_.Scalar_Other
zero_(Tensor input)	zero_
zeros(SymIntArrayRef size, *, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	zeros
zeros_like(Tensor input, *, MemoryFormat? memory_format=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	zeros_like
"""

METHOD = """
__and__(Tensor other)	__and__.Tensor
__and__(Scalar other)	__and__.Scalar
__eq__(PyObject* other)	__eq__
__iand__(Tensor other)	__iand__.Tensor
__iand__(Scalar other)	__iand__.Scalar
__ilshift__(Tensor other)	__ilshift__.Tensor
__ilshift__(Scalar other)	__ilshift__.Scalar
__ior__(Tensor other)	__ior__.Tensor
__ior__(Scalar other)	__ior__.Scalar
__irshift__(Tensor other)	__irshift__.Tensor
__irshift__(Scalar other)	__irshift__.Scalar
__ixor__(Tensor other)	__ixor__.Tensor
__ixor__(Scalar other)	__ixor__.Scalar
__lshift__(Tensor other)	__lshift__.Tensor
__lshift__(Scalar other)	__lshift__.Scalar
__or__(Tensor other)	__or__.Tensor
__or__(Scalar other)	__or__.Scalar
__rshift__(Tensor other)	__rshift__.Tensor
__rshift__(Scalar other)	__rshift__.Scalar
__xor__(Tensor other)	__xor__.Tensor
__xor__(Scalar other)	__xor__.Scalar
_addmm_activation(Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1, bool use_gelu=False)	_addmm_activation
_autocast_to_full_precision(bool cuda_enabled, bool cpu_enabled)	_autocast_to_full_precision
_autocast_to_reduced_precision(bool cuda_enabled, bool cpu_enabled, ScalarType cuda_dtype, ScalarType cpu_dtype)	_autocast_to_reduced_precision
_conj()	_conj
_conj_physical()	_conj_physical
_dimI()	_dimI
_dimV()	_dimV
_indices()	_indices
_is_all_true()	_is_all_true
_is_any_true()	_is_any_true
_is_zerotensor()	_is_zerotensor
_neg_view()	_neg_view
_nnz()	_nnz
_philox_normal_(Tensor key, double mean=0, double std=1)	_philox_normal_
_philox_uniform_(Tensor key, double low=0, double high=1)	_philox_uniform_
_to_dense(ScalarType? dtype=None, bool? masked_grad=None)	_to_dense
_values()	_values
abs()	abs
abs_()	abs_
absolute()	absolute
absolute_()	absolute_
acos()	acos
acos_()	acos_
acosh()	acosh
acosh_()	acosh_
add(Scalar alpha, Tensor other)|deprecated	add.Tensor	self, other, alpha
add(Tensor other, *, Scalar alpha=1)	add.Tensor
add_(Scalar alpha, Tensor other)|deprecated	add_.Tensor	self, other, alpha
add_(Tensor other, *, Scalar alpha=1)	add_.Tensor
addbmm(Scalar beta, Scalar alpha, Tensor batch1, Tensor batch2)|deprecated	addbmm	self, batch1, batch2, beta, alpha
addbmm(Scalar beta, Tensor batch1, Tensor batch2)|deprecated	addbmm	self, batch1, batch2, beta, 1
addbmm(Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1)	addbmm
addbmm_(Scalar beta, Scalar alpha, Tensor batch1, Tensor batch2)|deprecated	addbmm_	self, batch1, batch2, beta, alpha
addbmm_(Scalar beta, Tensor batch1, Tensor batch2)|deprecated	addbmm_	self, batch1, batch2, beta, 1
addbmm_(Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1)	addbmm_
addcdiv(Scalar value, Tensor tensor1, Tensor tensor2)|deprecated	addcdiv	self, tensor1, tensor2, value
addcdiv(Tensor tensor1, Tensor tensor2, *, Scalar value=1)	addcdiv
addcdiv_(Scalar value, Tensor tensor1, Tensor tensor2)|deprecated	addcdiv_	self, tensor1, tensor2, value
addcdiv_(Tensor tensor1, Tensor tensor2, *, Scalar value=1)	addcdiv_
addcmul(Scalar value, Tensor tensor1, Tensor tensor2)|deprecated	addcmul	self, tensor1, tensor2, value
addcmul(Tensor tensor1, Tensor tensor2, *, Scalar value=1)	addcmul
addcmul_(Scalar value, Tensor tensor1, Tensor tensor2)|deprecated	addcmul_	self, tensor1, tensor2, value
addcmul_(Tensor tensor1, Tensor tensor2, *, Scalar value=1)	addcmul_
addmm(Scalar beta, Scalar alpha, Tensor mat1, Tensor mat2)|deprecated	addmm	self, mat1, mat2, beta, alpha
addmm(Scalar beta, Tensor mat1, Tensor mat2)|deprecated	addmm	self, mat1, mat2, beta, 1
addmm(Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1)	addmm
addmm_(Scalar beta, Scalar alpha, Tensor mat1, Tensor mat2)|deprecated	addmm_	self, mat1, mat2, beta, alpha
addmm_(Scalar beta, Tensor mat1, Tensor mat2)|deprecated	addmm_	self, mat1, mat2, beta, 1
addmm_(Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1)	addmm_
addmv(Scalar beta, Scalar alpha, Tensor mat, Tensor vec)|deprecated	addmv	self, mat, vec, beta, alpha
addmv(Scalar beta, Tensor mat, Tensor vec)|deprecated	addmv	self, mat, vec, beta, 1
addmv(Tensor mat, Tensor vec, *, Scalar beta=1, Scalar alpha=1)	addmv
addmv_(Scalar beta, Scalar alpha, Tensor mat, Tensor vec)|deprecated	addmv_	self, mat, vec, beta, alpha
addmv_(Scalar beta, Tensor mat, Tensor vec)|deprecated	addmv_	self, mat, vec, beta, 1
addmv_(Tensor mat, Tensor vec, *, Scalar beta=1, Scalar alpha=1)	addmv_
addr(Scalar beta, Scalar alpha, Tensor vec1, Tensor vec2)|deprecated	addr	self, vec1, vec2, beta, alpha
addr(Scalar beta, Tensor vec1, Tensor vec2)|deprecated	addr	self, vec1, vec2, beta, 1
addr(Tensor vec1, Tensor vec2, *, Scalar beta=1, Scalar alpha=1)	addr
addr_(Scalar beta, Scalar alpha, Tensor vec1, Tensor vec2)|deprecated	addr_	self, vec1, vec2, beta, alpha
addr_(Scalar beta, Tensor vec1, Tensor vec2)|deprecated	addr_	self, vec1, vec2, beta, 1
addr_(Tensor vec1, Tensor vec2, *, Scalar beta=1, Scalar alpha=1)	addr_
adjoint()	adjoint
all()	all
all(IntArrayRef? dim=None, bool keepdim=False)	all.dims
all(int64_t dim, bool keepdim=False)	all.dim
allclose(Tensor other, double rtol=1e-05, double atol=1e-08, bool equal_nan=False)	allclose
amax(IntArrayRef[1] dim=None, bool keepdim=False)	amax
amin(IntArrayRef[1] dim=None, bool keepdim=False)	amin
aminmax(*, int64_t? dim=None, bool keepdim=False)	aminmax
angle()	angle
any()	any
any(IntArrayRef? dim=None, bool keepdim=False)	any.dims
any(int64_t dim, bool keepdim=False)	any.dim
arccos()	arccos
arccos_()	arccos_
arccosh()	arccosh
arccosh_()	arccosh_
arcsin()	arcsin
arcsin_()	arcsin_
arcsinh()	arcsinh
arcsinh_()	arcsinh_
arctan()	arctan
arctan2(Tensor other)	arctan2
arctan2_(Tensor other)	arctan2_
arctan_()	arctan_
arctanh()	arctanh
arctanh_()	arctanh_
argmax(int64_t? dim=None, bool keepdim=False)	argmax
argmin(int64_t? dim=None, bool keepdim=False)	argmin
argsort(*, bool stable, int64_t dim=-1, bool descending=False)	argsort.stable
argsort(int64_t dim=-1, bool descending=False)	argsort
argwhere()	argwhere
as_strided(SymIntArrayRef size, SymIntArrayRef stride, SymInt? storage_offset=None)	as_strided
as_strided_(SymIntArrayRef size, SymIntArrayRef stride, SymInt? storage_offset=None)	as_strided_
as_strided_scatter(Tensor src, SymIntArrayRef size, SymIntArrayRef stride, SymInt? storage_offset=None)	as_strided_scatter
as_subclass(PyObject* cls)	as_subclass
asin()	asin
asin_()	asin_
asinh()	asinh
asinh_()	asinh_
atan()	atan
atan2(Tensor other)	atan2
atan2_(Tensor other)	atan2_
atan_()	atan_
atanh()	atanh
atanh_()	atanh_
baddbmm(Scalar beta, Scalar alpha, Tensor batch1, Tensor batch2)|deprecated	baddbmm	self, batch1, batch2, beta, alpha
baddbmm(Scalar beta, Tensor batch1, Tensor batch2)|deprecated	baddbmm	self, batch1, batch2, beta, 1
baddbmm(Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1)	baddbmm
baddbmm_(Scalar beta, Scalar alpha, Tensor batch1, Tensor batch2)|deprecated	baddbmm_	self, batch1, batch2, beta, alpha
baddbmm_(Scalar beta, Tensor batch1, Tensor batch2)|deprecated	baddbmm_	self, batch1, batch2, beta, 1
baddbmm_(Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1)	baddbmm_
bernoulli(*, Generator? generator=None)	bernoulli
bernoulli(double p, *, Generator? generator=None)	bernoulli.p
bernoulli_(Tensor p, *, Generator? generator=None)	bernoulli_.Tensor
bernoulli_(double p=0.5, *, Generator? generator=None)	bernoulli_.float
bfloat16(*, MemoryFormat? memory_format=None)	bfloat16
bincount(Tensor? weights=None, SymInt minlength=0)	bincount
bitwise_and(Tensor other)	bitwise_and.Tensor
bitwise_and(Scalar other)	bitwise_and.Scalar
bitwise_and_(Tensor other)	bitwise_and_.Tensor
bitwise_and_(Scalar other)	bitwise_and_.Scalar
bitwise_left_shift(Tensor other)	bitwise_left_shift.Tensor
bitwise_left_shift(Scalar other)	bitwise_left_shift.Tensor_Scalar
bitwise_left_shift_(Tensor other)	bitwise_left_shift_.Tensor
bitwise_left_shift_(Scalar other)	bitwise_left_shift_.Tensor_Scalar
bitwise_not()	bitwise_not
bitwise_not_()	bitwise_not_
bitwise_or(Tensor other)	bitwise_or.Tensor
bitwise_or(Scalar other)	bitwise_or.Scalar
bitwise_or_(Tensor other)	bitwise_or_.Tensor
bitwise_or_(Scalar other)	bitwise_or_.Scalar
bitwise_right_shift(Tensor other)	bitwise_right_shift.Tensor
bitwise_right_shift(Scalar other)	bitwise_right_shift.Tensor_Scalar
bitwise_right_shift_(Tensor other)	bitwise_right_shift_.Tensor
bitwise_right_shift_(Scalar other)	bitwise_right_shift_.Tensor_Scalar
bitwise_xor(Tensor other)	bitwise_xor.Tensor
bitwise_xor(Scalar other)	bitwise_xor.Scalar
bitwise_xor_(Tensor other)	bitwise_xor_.Tensor
bitwise_xor_(Scalar other)	bitwise_xor_.Scalar
bmm(Tensor mat2)	bmm
bool(*, MemoryFormat? memory_format=None)	bool
broadcast_to(SymIntArrayRef size)	broadcast_to
byte(*, MemoryFormat? memory_format=None)	byte
cauchy_(double median=0, double sigma=1, *, Generator? generator=None)	cauchy_
ccol_indices()	ccol_indices
cdouble(*, MemoryFormat? memory_format=None)	cdouble
ceil()	ceil
ceil_()	ceil_
cfloat(*, MemoryFormat? memory_format=None)	cfloat
chalf(*, MemoryFormat? memory_format=None)	chalf
char(*, MemoryFormat? memory_format=None)	char
cholesky(bool upper=False)	cholesky
cholesky_inverse(bool upper=False)	cholesky_inverse
cholesky_solve(Tensor input2, bool upper=False)	cholesky_solve
chunk(int64_t chunks, int64_t dim=0)	chunk
clamp(Tensor? min=None, Tensor? max=None)	clamp.Tensor
clamp(Scalar? min=None, Scalar? max=None)	clamp
clamp_(Tensor? min=None, Tensor? max=None)	clamp_.Tensor
clamp_(Scalar? min=None, Scalar? max=None)	clamp_
clamp_max(Tensor max)	clamp_max.Tensor
clamp_max(Scalar max)	clamp_max
clamp_max_(Tensor max)	clamp_max_.Tensor
clamp_max_(Scalar max)	clamp_max_
clamp_min(Tensor min)	clamp_min.Tensor
clamp_min(Scalar min)	clamp_min
clamp_min_(Tensor min)	clamp_min_.Tensor
clamp_min_(Scalar min)	clamp_min_
clip(Tensor? min=None, Tensor? max=None)	clip.Tensor
clip(Scalar? min=None, Scalar? max=None)	clip
clip_(Tensor? min=None, Tensor? max=None)	clip_.Tensor
clip_(Scalar? min=None, Scalar? max=None)	clip_
clone(*, MemoryFormat? memory_format=None)	clone
col_indices()	col_indices
conj()	conj
conj_physical()	conj_physical
conj_physical_()	conj_physical_
contiguous(*, MemoryFormat memory_format=contiguous_format)	contiguous
copy_(Tensor other, bool non_blocking=False)	copy_
copy_(Tensor other, bool async=False)|deprecated	copy_
copysign(Tensor other)	copysign.Tensor
copysign(Scalar other)	copysign.Scalar
copysign_(Tensor other)	copysign_.Tensor
copysign_(Scalar other)	copysign_.Scalar
corrcoef()	corrcoef
cos()	cos
cos_()	cos_
cosh()	cosh
cosh_()	cosh_
count_nonzero(int64_t? dim=None)	count_nonzero
count_nonzero(IntArrayRef dim)	count_nonzero.dim_IntList
cov(*, int64_t correction=1, Tensor? fweights=None, Tensor? aweights=None)	cov
cpu(*, MemoryFormat? memory_format=None)	cpu
cross(Tensor other, int64_t? dim=None)	cross
crow_indices()	crow_indices
cuda(Device? device=None, bool non_blocking=False, *, MemoryFormat? memory_format=None)	cuda
cuda(Device? device=None, bool async=False, *, MemoryFormat? memory_format=None)|deprecated	cuda
cummax(int64_t dim)	cummax
cummin(int64_t dim)	cummin
cumprod(int64_t dim, *, ScalarType? dtype=None)	cumprod
cumprod_(int64_t dim, *, ScalarType? dtype=None)	cumprod_
cumsum(int64_t dim, *, ScalarType? dtype=None)	cumsum
cumsum_(int64_t dim, *, ScalarType? dtype=None)	cumsum_
data_ptr()	data_ptr
deg2rad()	deg2rad
deg2rad_()	deg2rad_
dense_dim()	dense_dim
det()	det
detach()	detach
detach_()	detach_
diag(int64_t diagonal=0)	diag
diag_embed(int64_t offset=0, int64_t dim1=-2, int64_t dim2=-1)	diag_embed
diagflat(int64_t offset=0)	diagflat
diagonal(int64_t offset=0, int64_t dim1=0, int64_t dim2=1)	diagonal
diagonal_scatter(Tensor src, int64_t offset=0, int64_t dim1=0, int64_t dim2=1)	diagonal_scatter
diff(int64_t n=1, int64_t dim=-1, Tensor? prepend=None, Tensor? append=None)	diff
digamma()	digamma
digamma_()	digamma_
dim()	dim
dist(Tensor other, Scalar p=2)	dist
div(Tensor other)	div.Tensor
div(Tensor other, *, c10::string_view? rounding_mode)	div.Tensor_mode
div(Scalar other, *, c10::string_view? rounding_mode)	div.Scalar_mode
div_(Tensor other)	div_.Tensor
div_(Tensor other, *, c10::string_view? rounding_mode)	div_.Tensor_mode
div_(Scalar other, *, c10::string_view? rounding_mode)	div_.Scalar_mode
divide(Tensor other)	divide.Tensor
divide(Tensor other, *, c10::string_view? rounding_mode)	divide.Tensor_mode
divide(Scalar other)	divide.Scalar
divide(Scalar other, *, c10::string_view? rounding_mode)	divide.Scalar_mode
divide_(Tensor other)	divide_.Tensor
divide_(Tensor other, *, c10::string_view? rounding_mode)	divide_.Tensor_mode
divide_(Scalar other)	divide_.Scalar
divide_(Scalar other, *, c10::string_view? rounding_mode)	divide_.Scalar_mode
dot(Tensor tensor)	dot
double(*, MemoryFormat? memory_format=None)	double
dsplit(int64_t sections)	dsplit.int
dsplit(IntArrayRef indices)	dsplit.array
element_size()	element_size
eq(Tensor other)	eq.Tensor
eq(Scalar other)	eq.Scalar
eq_(Tensor other)	eq_.Tensor
eq_(Scalar other)	eq_.Scalar
equal(Tensor other)	equal
erf()	erf
erf_()	erf_
erfc()	erfc
erfc_()	erfc_
erfinv()	erfinv
erfinv_()	erfinv_
exp()	exp
exp2()	exp2
exp2_()	exp2_
exp_()	exp_
expand(SymIntArrayRef size, *, bool implicit=False)	expand
expand_as(Tensor other)	expand_as
expm1()	expm1
expm1_()	expm1_
exponential_(double lambd=1, *, Generator? generator=None)	exponential_
fill_(Tensor value)	fill_.Tensor
fill_(Scalar value)	fill_.Scalar
fill_diagonal_(Scalar fill_value, bool wrap=False)	fill_diagonal_
fix()	fix
fix_()	fix_
flatten(int64_t start_dim=0, int64_t end_dim=-1)	flatten.using_ints
flip(IntArrayRef dims)	flip
fliplr()	fliplr
flipud()	flipud
float(*, MemoryFormat? memory_format=None)	float
float_power(Tensor exponent)	float_power.Tensor_Tensor
float_power(Scalar exponent)	float_power.Tensor_Scalar
float_power_(Tensor exponent)	float_power_.Tensor
float_power_(Scalar exponent)	float_power_.Scalar
floor()	floor
floor_()	floor_
floor_divide(Tensor other)	floor_divide
floor_divide(Scalar other)	floor_divide.Scalar
floor_divide_(Tensor other)	floor_divide_.Tensor
floor_divide_(Scalar other)	floor_divide_.Scalar
fmax(Tensor other)	fmax
fmin(Tensor other)	fmin
fmod(Tensor other)	fmod.Tensor
fmod(Scalar other)	fmod.Scalar
fmod_(Tensor other)	fmod_.Tensor
fmod_(Scalar other)	fmod_.Scalar
frac()	frac
frac_()	frac_
frexp()	frexp.Tensor
gather(int64_t dim, Tensor index, *, bool sparse_grad=False)	gather
gcd(Tensor other)	gcd
gcd_(Tensor other)	gcd_
ge(Tensor other)	ge.Tensor
ge(Scalar other)	ge.Scalar
ge_(Tensor other)	ge_.Tensor
ge_(Scalar other)	ge_.Scalar
geometric_(double p, *, Generator? generator=None)	geometric_
geqrf()	geqrf
ger(Tensor vec2)	ger
get_device()	get_device
greater(Tensor other)	greater.Tensor
greater(Scalar other)	greater.Scalar
greater_(Tensor other)	greater_.Tensor
greater_(Scalar other)	greater_.Scalar
greater_equal(Tensor other)	greater_equal.Tensor
greater_equal(Scalar other)	greater_equal.Scalar
greater_equal_(Tensor other)	greater_equal_.Tensor
greater_equal_(Scalar other)	greater_equal_.Scalar
gt(Tensor other)	gt.Tensor
gt(Scalar other)	gt.Scalar
gt_(Tensor other)	gt_.Tensor
gt_(Scalar other)	gt_.Scalar
half(*, MemoryFormat? memory_format=None)	half
hardshrink(Scalar lambd=0.5)	hardshrink
hash_tensor(IntArrayRef[1] dim=None, *, bool keepdim=False, int64_t mode=0)	hash_tensor
heaviside(Tensor values)	heaviside
heaviside_(Tensor values)	heaviside_
histc(int64_t bins=100, Scalar min=0, Scalar max=0)	histc
histogram(Tensor bins, *, Tensor? weight=None, bool density=False)	histogram.bins_tensor
histogram(int64_t bins=100, *, ArrayRef<double>? range=None, Tensor? weight=None, bool density=False)	histogram.bin_ct
hsplit(int64_t sections)	hsplit.int
hsplit(IntArrayRef indices)	hsplit.array
hypot(Tensor other)	hypot
hypot_(Tensor other)	hypot_
i0()	i0
i0_()	i0_
igamma(Tensor other)	igamma
igamma_(Tensor other)	igamma_
igammac(Tensor other)	igammac
igammac_(Tensor other)	igammac_
index_add(int64_t dim, Tensor index, Tensor source, *, Scalar alpha=1)	index_add
index_add_(int64_t dim, Tensor index, Tensor source, *, Scalar alpha=1)	index_add_
index_copy(int64_t dim, Tensor index, Tensor source)	index_copy
index_copy_(int64_t dim, Tensor index, Tensor source)	index_copy_
index_fill(int64_t dim, Tensor index, Tensor value)	index_fill.int_Tensor
index_fill(int64_t dim, Tensor index, Scalar value)	index_fill.int_Scalar
index_fill_(int64_t dim, Tensor index, Tensor value)	index_fill_.int_Tensor
index_fill_(int64_t dim, Tensor index, Scalar value)	index_fill_.int_Scalar
index_put(c10::List<::std::optional<Tensor>> indices, Tensor values, bool accumulate=False)	index_put
index_put_(c10::List<::std::optional<Tensor>> indices, Tensor values, bool accumulate=False)	index_put_
index_reduce(int64_t dim, Tensor index, Tensor source, c10::string_view reduce, *, bool include_self=True)	index_reduce
index_reduce_(int64_t dim, Tensor index, Tensor source, c10::string_view reduce, *, bool include_self=True)	index_reduce_
index_select(int64_t dim, Tensor index)	index_select
indices()	indices
inner(Tensor other)	inner
int(*, MemoryFormat? memory_format=None)	int
inverse()	inverse
is_complex()	is_complex
is_conj()	is_conj
is_contiguous(*, MemoryFormat memory_format=contiguous_format)	is_contiguous
is_distributed()	is_distributed
is_floating_point()	is_floating_point
is_inference()	is_inference
is_neg()	is_neg
is_nonzero()	is_nonzero
is_pinned(Device? device=None)	is_pinned
is_same_size(Tensor other)	is_same_size
is_set_to(Tensor tensor)	is_set_to
is_signed()	is_signed
isclose(Tensor other, double rtol=1e-05, double atol=1e-08, bool equal_nan=False)	isclose
isfinite()	isfinite
isinf()	isinf
isnan()	isnan
isneginf()	isneginf
isposinf()	isposinf
isreal()	isreal
istft(int64_t n_fft, int64_t? hop_length=None, int64_t? win_length=None, Tensor? window=None, bool center=True, bool normalized=False, bool? onesided=None, int64_t? length=None, bool return_complex=False)	istft
item()	item
kron(Tensor other)	kron
kthvalue(SymInt k, int64_t dim=-1, bool keepdim=False)	kthvalue
lcm(Tensor other)	lcm
lcm_(Tensor other)	lcm_
ldexp(Tensor other)	ldexp.Tensor
ldexp_(Tensor other)	ldexp_
le(Tensor other)	le.Tensor
le(Scalar other)	le.Scalar
le_(Tensor other)	le_.Tensor
le_(Scalar other)	le_.Scalar
lerp(Tensor end, Tensor weight)	lerp.Tensor
lerp(Tensor end, Scalar weight)	lerp.Scalar
lerp_(Tensor end, Tensor weight)	lerp_.Tensor
lerp_(Tensor end, Scalar weight)	lerp_.Scalar
less(Tensor other)	less.Tensor
less(Scalar other)	less.Scalar
less_(Tensor other)	less_.Tensor
less_(Scalar other)	less_.Scalar
less_equal(Tensor other)	less_equal.Tensor
less_equal(Scalar other)	less_equal.Scalar
less_equal_(Tensor other)	less_equal_.Tensor
less_equal_(Scalar other)	less_equal_.Scalar
lgamma()	lgamma
lgamma_()	lgamma_
log()	log
log10()	log10
log10_()	log10_
log1p()	log1p
log1p_()	log1p_
log2()	log2
log2_()	log2_
log_()	log_
log_normal_(double mean=1, double std=2, *, Generator? generator=None)	log_normal_
log_softmax(int64_t dim, ScalarType? dtype=None)	log_softmax.int
logaddexp(Tensor other)	logaddexp
logaddexp2(Tensor other)	logaddexp2
logcumsumexp(int64_t dim)	logcumsumexp
logdet()	logdet
logical_and(Tensor other)	logical_and
logical_and_(Tensor other)	logical_and_
logical_not()	logical_not
logical_not_()	logical_not_
logical_or(Tensor other)	logical_or
logical_or_(Tensor other)	logical_or_
logical_xor(Tensor other)	logical_xor
logical_xor_(Tensor other)	logical_xor_
logit(double? eps=None)	logit
logit_(double? eps=None)	logit_
logsumexp(IntArrayRef[1] dim, bool keepdim=False)	logsumexp
long(*, MemoryFormat? memory_format=None)	long
lt(Tensor other)	lt.Tensor
lt(Scalar other)	lt.Scalar
lt_(Tensor other)	lt_.Tensor
lt_(Scalar other)	lt_.Scalar
lu_solve(Tensor LU_data, Tensor LU_pivots)	lu_solve
map2_(Tensor x, Tensor y, PyObject* callable)	map2_
map_(Tensor other, PyObject* callable)	map_
masked_fill(Tensor mask, Tensor value)	masked_fill.Tensor
masked_fill(Tensor mask, Scalar value)	masked_fill.Scalar
masked_fill_(Tensor mask, Tensor value)	masked_fill_.Tensor
masked_fill_(Tensor mask, Scalar value)	masked_fill_.Scalar
masked_scatter(Tensor mask, Tensor source)	masked_scatter
masked_scatter_(Tensor mask, Tensor source)	masked_scatter_
masked_select(Tensor mask)	masked_select
matmul(Tensor other)	matmul
matrix_exp()	matrix_exp
matrix_power(int64_t n)	matrix_power
max()	max
max(Tensor other)	max.other
max(int64_t dim, bool keepdim=False)	max.dim
maximum(Tensor other)	maximum
mean(*, ScalarType? dtype=None)	mean
mean(IntArrayRef[1]? dim, bool keepdim=False, *, ScalarType? dtype=None)	mean.dim
median()	median
median(int64_t dim, bool keepdim=False)	median.dim
min()	min
min(Tensor other)	min.other
min(int64_t dim, bool keepdim=False)	min.dim
minimum(Tensor other)	minimum
mm(Tensor mat2)	mm
mode(int64_t dim=-1, bool keepdim=False)	mode
moveaxis(int64_t source, int64_t destination)	moveaxis.int
moveaxis(IntArrayRef source, IntArrayRef destination)	moveaxis.intlist
movedim(int64_t source, int64_t destination)	movedim.int
movedim(IntArrayRef source, IntArrayRef destination)	movedim.intlist
msort()	msort
mul(Tensor other)	mul.Tensor
mul_(Tensor other)	mul_.Tensor
multinomial(SymInt num_samples, bool replacement=False, *, Generator? generator=None)	multinomial
multiply(Tensor other)	multiply.Tensor
multiply(Scalar other)	multiply.Scalar
multiply_(Tensor other)	multiply_.Tensor
multiply_(Scalar other)	multiply_.Scalar
mv(Tensor vec)	mv
mvlgamma(int64_t p)	mvlgamma
mvlgamma_(int64_t p)	mvlgamma_
nan_to_num(double? nan=None, double? posinf=None, double? neginf=None)	nan_to_num
nan_to_num_(double? nan=None, double? posinf=None, double? neginf=None)	nan_to_num_
nanmean(IntArrayRef[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None)	nanmean
nanmedian()	nanmedian
nanmedian(int64_t dim, bool keepdim=False)	nanmedian.dim
nanquantile(Tensor q, int64_t? dim=None, bool keepdim=False, *, c10::string_view interpolation="linear")	nanquantile
nanquantile(double q, int64_t? dim=None, bool keepdim=False, *, c10::string_view interpolation="linear")	nanquantile.scalar
nansum(IntArrayRef[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None)	nansum
narrow(int64_t dim, Tensor start, SymInt length)	narrow.Tensor
narrow(int64_t dim, SymInt start, SymInt length)	narrow
narrow_copy(int64_t dim, SymInt start, SymInt length)	narrow_copy
ndimension()	ndimension
ne(Tensor other)	ne.Tensor
ne(Scalar other)	ne.Scalar
ne_(Tensor other)	ne_.Tensor
ne_(Scalar other)	ne_.Scalar
neg()	neg
neg_()	neg_
negative()	negative
negative_()	negative_
nelement()	nelement
new_empty(SymIntArrayRef size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	new_empty
new_empty_strided(SymIntArrayRef size, SymIntArrayRef stride, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	new_empty_strided
new_full(SymIntArrayRef size, Scalar fill_value, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	new_full
new_ones(SymIntArrayRef size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	new_ones
new_tensor(PyObject* data, *, ScalarType dtype=None, Device? device=None, bool requires_grad=False)	new_tensor
new_zeros(SymIntArrayRef size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	new_zeros
nextafter(Tensor other)	nextafter
nextafter_(Tensor other)	nextafter_
nonzero()	nonzero
nonzero(*, bool as_tuple)	nonzero
nonzero_static(*, SymInt size, int64_t fill_value=-1)	nonzero_static
norm(Scalar p=2)	norm.Scalar
norm(Scalar? p, *, ScalarType dtype)	norm.ScalarOpt_dtype
norm(Scalar? p, IntArrayRef[1] dim, bool keepdim, *, ScalarType dtype)	norm.ScalarOpt_dim_dtype
norm(Scalar? p, IntArrayRef[1] dim, bool keepdim=False)	norm.ScalarOpt_dim
normal_(double mean=0, double std=1, *, Generator? generator=None)	normal_
not_equal(Tensor other)	not_equal.Tensor
not_equal(Scalar other)	not_equal.Scalar
not_equal_(Tensor other)	not_equal_.Tensor
not_equal_(Scalar other)	not_equal_.Scalar
numel()	numel
numpy(*, bool force=False)	numpy
orgqr(Tensor input2)	orgqr
ormqr(Tensor input2, Tensor input3, bool left=True, bool transpose=False)	ormqr
outer(Tensor vec2)	outer
permute(IntArrayRef dims)	permute
pin_memory(Device? device=None)	pin_memory
pinverse(double rcond=1e-15)	pinverse
polygamma(int64_t n)	polygamma
polygamma_(int64_t n)	polygamma_
positive()	positive
pow(Tensor exponent)	pow.Tensor_Tensor
pow(Scalar exponent)	pow.Tensor_Scalar
pow_(Tensor exponent)	pow_.Tensor
pow_(Scalar exponent)	pow_.Scalar
prelu(Tensor weight)	prelu
prod(*, ScalarType? dtype=None)	prod
prod(int64_t dim, bool keepdim=False, *, ScalarType? dtype=None)	prod.dim_int
put(Tensor index, Tensor source, bool accumulate=False)	put
put_(Tensor index, Tensor source, bool accumulate=False)	put_
qr(bool some=True)	qr
qscheme()	qscheme
quantile(Tensor q, int64_t? dim=None, bool keepdim=False, *, c10::string_view interpolation="linear")	quantile
quantile(double q, int64_t? dim=None, bool keepdim=False, *, c10::string_view interpolation="linear")	quantile.scalar
rad2deg()	rad2deg
rad2deg_()	rad2deg_
random_(*, Generator? generator=None)	random_
random_(int64_t from, int64_t? to, *, Generator? generator=None)	random_.from
random_(int64_t to, *, Generator? generator=None)	random_.to
ravel()	ravel
reciprocal()	reciprocal
reciprocal_()	reciprocal_
relu()	relu
relu_()	relu_
remainder(Tensor other)	remainder.Tensor
remainder(Scalar other)	remainder.Scalar
remainder_(Tensor other)	remainder_.Tensor
remainder_(Scalar other)	remainder_.Scalar
renorm(Scalar p, int64_t dim, Scalar maxnorm)	renorm
renorm_(Scalar p, int64_t dim, Scalar maxnorm)	renorm_
repeat(SymIntArrayRef repeats)	repeat
repeat_interleave(Tensor repeats, int64_t? dim=None, *, SymInt? output_size=None)	repeat_interleave.self_Tensor
repeat_interleave(SymInt repeats, int64_t? dim=None, *, SymInt? output_size=None)	repeat_interleave.self_int
requires_grad_(bool requires_grad=True)	requires_grad_
reshape(SymIntArrayRef shape)	reshape
reshape_as(Tensor other)	reshape_as
resize_(SymIntArrayRef size, *, MemoryFormat? memory_format=None)	resize_
resize_as_(Tensor the_template, *, MemoryFormat? memory_format=None)	resize_as_
resolve_conj()	resolve_conj
resolve_neg()	resolve_neg
retain_grad()	retain_grad
roll(SymIntArrayRef[1] shifts, IntArrayRef[1] dims=None)	roll
rot90(int64_t k=1, IntArrayRef dims={0,1})	rot90
round()	round
round(*, int64_t decimals)	round.decimals
round_()	round_
round_(*, int64_t decimals)	round_.decimals
row_indices()	row_indices
rsqrt()	rsqrt
rsqrt_()	rsqrt_
scatter(int64_t dim, Tensor index, Tensor src)	scatter.src
scatter(int64_t dim, Tensor index, Tensor src, *, c10::string_view reduce)	scatter.reduce
scatter(int64_t dim, Tensor index, Scalar value)	scatter.value
scatter(int64_t dim, Tensor index, Scalar value, *, c10::string_view reduce)	scatter.value_reduce
scatter_(int64_t dim, Tensor index, Tensor src)	scatter_.src
scatter_(int64_t dim, Tensor index, Tensor src, *, c10::string_view reduce)	scatter_.reduce
scatter_(int64_t dim, Tensor index, Scalar value)	scatter_.value
scatter_(int64_t dim, Tensor index, Scalar value, *, c10::string_view reduce)	scatter_.value_reduce
scatter_add(int64_t dim, Tensor index, Tensor src)	scatter_add
scatter_add_(int64_t dim, Tensor index, Tensor src)	scatter_add_
scatter_reduce(int64_t dim, Tensor index, Tensor src, c10::string_view reduce, *, bool include_self=True)	scatter_reduce.two
scatter_reduce_(int64_t dim, Tensor index, Tensor src, c10::string_view reduce, *, bool include_self=True)	scatter_reduce_.two
select(int64_t dim, SymInt index)	select.int
select_scatter(Tensor src, int64_t dim, SymInt index)	select_scatter
set_()	set_
set_(Storage source)	set_
set_(Storage source, SymInt storage_offset, SymIntArrayRef size, SymIntArrayRef stride=None)	set_
set_(Tensor source)	set_
set_(Tensor source, SymInt storage_offset, SymIntArrayRef size, SymIntArrayRef stride=None)	set_
sgn()	sgn
sgn_()	sgn_
short(*, MemoryFormat? memory_format=None)	short
sigmoid()	sigmoid
sigmoid_()	sigmoid_
sign()	sign
sign_()	sign_
signbit()	signbit
sin()	sin
sin_()	sin_
sinc()	sinc
sinc_()	sinc_
sinh()	sinh
sinh_()	sinh_
size(int64_t? dim=None)	size
slice_inverse(Tensor src, int64_t dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1)	slice_inverse
slice_scatter(Tensor src, int64_t dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1)	slice_scatter
slogdet()	slogdet
smm(Tensor mat2)	smm
softmax(int64_t dim, ScalarType? dtype=None)	softmax.int
sort(*, bool? stable, int64_t dim=-1, bool descending=False)	sort.stable
sort(int64_t dim=-1, bool descending=False)	sort
split(SymInt split_size, int64_t dim=0)	split.Tensor
split(SymIntArrayRef split_size, int64_t dim=0)	split.sizes
split_with_sizes(SymIntArrayRef split_sizes, int64_t dim=0)	split_with_sizes
sqrt()	sqrt
sqrt_()	sqrt_
square()	square
square_()	square_
squeeze()	squeeze
squeeze(int64_t dim)	squeeze.dim
squeeze(IntArrayRef dim)	squeeze.dims
squeeze_()	squeeze_
squeeze_(int64_t dim)	squeeze_.dim
squeeze_(IntArrayRef dim)	squeeze_.dims
std(IntArrayRef[1]? dim, bool unbiased=True, bool keepdim=False)	std.dim
std(IntArrayRef[1]? dim=None, *, Scalar? correction=None, bool keepdim=False)	std.correction
std(bool unbiased=True)	std
stft(int64_t n_fft, int64_t? hop_length=None, int64_t? win_length=None, Tensor? window=None, bool center=True, c10::string_view pad_mode="reflect", bool normalized=False, bool? onesided=None, bool? return_complex=None, bool? align_to_window=None)	stft.center
stft(int64_t n_fft, int64_t? hop_length=None, int64_t? win_length=None, Tensor? window=None, bool normalized=False, bool? onesided=None, bool? return_complex=None, bool? align_to_window=None)	stft
storage_offset()	storage_offset
stride(int64_t? dim=None)	stride
sub(Scalar alpha, Tensor other)|deprecated	sub.Tensor	self, other, alpha
sub(Tensor other, *, Scalar alpha=1)	sub.Tensor
sub_(Scalar alpha, Tensor other)|deprecated	sub_.Tensor	self, other, alpha
sub_(Tensor other, *, Scalar alpha=1)	sub_.Tensor
subtract(Tensor other, *, Scalar alpha=1)	subtract.Tensor
subtract(Scalar other, Scalar alpha=1)	subtract.Scalar
subtract_(Tensor other, *, Scalar alpha=1)	subtract_.Tensor
subtract_(Scalar other, Scalar alpha=1)	subtract_.Scalar
sum(*, ScalarType? dtype=None)	sum
sum(IntArrayRef[1]? dim, bool keepdim=False, *, ScalarType? dtype=None)	sum.dim_IntList
sum_to_size(SymIntArrayRef size)	sum_to_size
svd(bool some=True, bool compute_uv=True)	svd
swapaxes(int64_t axis0, int64_t axis1)	swapaxes
swapaxes_(int64_t axis0, int64_t axis1)	swapaxes_
swapdims(int64_t dim0, int64_t dim1)	swapdims
swapdims_(int64_t dim0, int64_t dim1)	swapdims_
t()	t
t_()	t_
take(Tensor index)	take
take_along_dim(Tensor indices, int64_t? dim=None)	take_along_dim
tan()	tan
tan_()	tan_
tanh()	tanh
tanh_()	tanh_
tensor_split(SymIntArrayRef indices, int64_t dim=0)	tensor_split.indices
tensor_split(Tensor tensor_indices_or_sections, int64_t dim=0)	tensor_split.tensor_indices_or_sections
tensor_split(SymInt sections, int64_t dim=0)	tensor_split.sections
tile(SymIntArrayRef dims)	tile
to(Device device=None, ScalarType dtype=None, bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None)	to
to(ScalarType dtype, bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None)	to
to(Tensor tensor, bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None)	to
to_dense(ScalarType? dtype=None, *, bool? masked_grad=None)	to_dense
to_padded_tensor(double padding, SymIntArrayRef? output_size=None)	to_padded_tensor
tolist()	tolist
topk(SymInt k, int64_t dim=-1, bool largest=True, bool sorted=True)	topk
trace()	trace
transpose(int64_t dim0, int64_t dim1)	transpose.int
transpose_(int64_t dim0, int64_t dim1)	transpose_
triangular_solve(Tensor A, bool upper=True, bool transpose=False, bool unitriangular=False)	triangular_solve
tril(SymInt diagonal=0)	tril
tril_(SymInt diagonal=0)	tril_
triu(SymInt diagonal=0)	triu
triu_(SymInt diagonal=0)	triu_
true_divide(Tensor other)	true_divide.Tensor
true_divide(Scalar other)	true_divide.Scalar
true_divide_(Tensor other)	true_divide_.Tensor
true_divide_(Scalar other)	true_divide_.Scalar
trunc()	trunc
trunc_()	trunc_
type(PyObject* dtype=None, bool non_blocking=False, *, MemoryFormat? memory_format=None)	type
type(PyObject* dtype=None, bool async=False, *, MemoryFormat? memory_format=None)|deprecated	type
type_as(Tensor other)	type_as
unbind(int64_t dim=0)	unbind.int
unflatten(int64_t dim, SymIntArrayRef sizes)	unflatten.int
unfold(int64_t dimension, int64_t size, int64_t step)	unfold
uniform_(double from=0, double to=1, *, Generator? generator=None)	uniform_
unsafe_chunk(int64_t chunks, int64_t dim=0)	unsafe_chunk
unsafe_split(SymInt split_size, int64_t dim=0)	unsafe_split.Tensor
unsafe_split_with_sizes(SymIntArrayRef split_sizes, int64_t dim=0)	unsafe_split_with_sizes
unsqueeze(int64_t dim)	unsqueeze
unsqueeze_(int64_t dim)	unsqueeze_
untyped_storage()	untyped_storage
values()	values
var(IntArrayRef[1]? dim, bool unbiased=True, bool keepdim=False)	var.dim
var(IntArrayRef[1]? dim=None, *, Scalar? correction=None, bool keepdim=False)	var.correction
var(bool unbiased=True)	var
vdot(Tensor other)	vdot
view(ScalarType dtype)	view.dtype
view(SymIntArrayRef size)	view
view_as(Tensor other)	view_as
vsplit(int64_t sections)	vsplit.int
vsplit(IntArrayRef indices)	vsplit.array
where(Tensor condition, Tensor other)	where.self
where(Tensor condition, Scalar other)	where.ScalarOther
xlogy(Tensor other)	xlogy.Tensor
xlogy(Scalar other)	xlogy.Scalar_Other
xlogy_(Tensor other)	xlogy_.Tensor
xlogy_(Scalar other)	xlogy_.Scalar_Other
zero_()	zero_
"""

NN = """
_conv_depthwise2d(Tensor input, Tensor weight, SymIntArrayRef[2] kernel_size, Tensor? bias, SymIntArrayRef[2] stride, SymIntArrayRef[2] padding, SymIntArrayRef[2] dilation, *, Tensor out=None)	_conv_depthwise2d
_pad_circular(Tensor input, SymIntArrayRef pad)	_pad_circular
_pad_enum(Tensor input, SymIntArrayRef pad, int64_t mode, double? value=None)	_pad_enum
_upsample_bicubic2d_aa(Tensor input, SymIntArrayRef? output_size, bool align_corners, ArrayRef<double>? scale_factors)	_upsample_bicubic2d_aa.vec
_upsample_bicubic2d_aa(Tensor input, SymIntArrayRef[2] output_size, bool align_corners, double? scales_h=None, double? scales_w=None, *, Tensor out=None)	_upsample_bicubic2d_aa
_upsample_bilinear2d_aa(Tensor input, SymIntArrayRef? output_size, bool align_corners, ArrayRef<double>? scale_factors)	_upsample_bilinear2d_aa.vec
_upsample_bilinear2d_aa(Tensor input, SymIntArrayRef[2] output_size, bool align_corners, double? scales_h=None, double? scales_w=None, *, Tensor out=None)	_upsample_bilinear2d_aa
_upsample_lanczos2d_aa(Tensor input, SymIntArrayRef? output_size, bool align_corners, ArrayRef<double>? scale_factors)	_upsample_lanczos2d_aa.vec
_upsample_lanczos2d_aa(Tensor input, SymIntArrayRef[2] output_size, bool align_corners, double? scales_h=None, double? scales_w=None, *, Tensor out=None)	_upsample_lanczos2d_aa
_upsample_nearest_exact1d(Tensor input, SymIntArrayRef? output_size, ArrayRef<double>? scale_factors)	_upsample_nearest_exact1d.vec
_upsample_nearest_exact1d(Tensor input, SymIntArrayRef[1] output_size, double? scales=None, *, Tensor out=None)	_upsample_nearest_exact1d
_upsample_nearest_exact2d(Tensor input, SymIntArrayRef? output_size, ArrayRef<double>? scale_factors)	_upsample_nearest_exact2d.vec
_upsample_nearest_exact2d(Tensor input, SymIntArrayRef[2] output_size, double? scales_h=None, double? scales_w=None, *, Tensor out=None)	_upsample_nearest_exact2d
_upsample_nearest_exact3d(Tensor input, SymIntArrayRef? output_size, ArrayRef<double>? scale_factors)	_upsample_nearest_exact3d.vec
_upsample_nearest_exact3d(Tensor input, SymIntArrayRef[3] output_size, double? scales_d=None, double? scales_h=None, double? scales_w=None, *, Tensor out=None)	_upsample_nearest_exact3d
adaptive_avg_pool2d(Tensor input, SymIntArrayRef[2] output_size, *, Tensor out=None)	adaptive_avg_pool2d
adaptive_avg_pool3d(Tensor input, SymIntArrayRef[3] output_size, *, Tensor out=None)	adaptive_avg_pool3d
adaptive_max_pool2d(Tensor input, IntArrayRef[2] output_size, *, TensorList[2] out=None)	adaptive_max_pool2d
adaptive_max_pool3d(Tensor input, IntArrayRef[3] output_size, *, TensorList[2] out=None)	adaptive_max_pool3d
avg_pool2d(Tensor input, IntArrayRef[2] kernel_size, IntArrayRef[2] stride=None, IntArrayRef[2] padding=0, bool ceil_mode=False, bool count_include_pad=True, int64_t? divisor_override=None, *, Tensor out=None)	avg_pool2d
avg_pool3d(Tensor input, IntArrayRef[3] kernel_size, IntArrayRef[3] stride=None, IntArrayRef[3] padding=0, bool ceil_mode=False, bool count_include_pad=True, int64_t? divisor_override=None, *, Tensor out=None)	avg_pool3d
binary_cross_entropy(Tensor input, Tensor target, Tensor? weight=None, int64_t reduction=at::Reduction::Mean, *, Tensor out=None)	binary_cross_entropy
col2im(Tensor input, SymIntArrayRef[2] output_size, IntArrayRef[2] kernel_size, IntArrayRef[2] dilation, IntArrayRef[2] padding, IntArrayRef[2] stride, *, Tensor out=None)	col2im
conv_depthwise3d(Tensor input, Tensor weight, SymIntArrayRef[3] kernel_size, Tensor? bias, SymIntArrayRef[3] stride, SymIntArrayRef[3] padding, SymIntArrayRef[3] dilation)	conv_depthwise3d
cross_entropy_loss(Tensor input, Tensor target, Tensor? weight=None, int64_t reduction=at::Reduction::Mean, SymInt ignore_index=-100, double label_smoothing=0.0)	cross_entropy_loss
elu(Tensor input, Scalar alpha=1, Scalar scale=1, Scalar input_scale=1, *, Tensor out=None)	elu
elu_(Tensor input, Scalar alpha=1, Scalar scale=1, Scalar input_scale=1)	elu_
flatten_dense_tensors(TensorList tensors)	flatten_dense_tensors
fractional_max_pool2d(Tensor input, IntArrayRef[2] kernel_size, IntArrayRef[2] output_size, Tensor random_samples, *, TensorList[2] out=None)	fractional_max_pool2d
fractional_max_pool3d(Tensor input, IntArrayRef[3] kernel_size, IntArrayRef[3] output_size, Tensor random_samples, *, TensorList[2] out=None)	fractional_max_pool3d
gelu(Tensor input, *, c10::string_view approximate="none", Tensor out=None)	gelu
gelu_(Tensor input, *, c10::string_view approximate="none")	gelu_
glu(Tensor input, int64_t dim=-1, *, Tensor out=None)	glu
hardsigmoid(Tensor input, *, Tensor out=None)	hardsigmoid
hardsigmoid_(Tensor input)	hardsigmoid_
hardswish(Tensor input, *, Tensor out=None)	hardswish
hardswish_(Tensor input)	hardswish_
hardtanh(Tensor input, Scalar min_val=-1, Scalar max_val=1, *, Tensor out=None)	hardtanh
hardtanh_(Tensor input, Scalar min_val=-1, Scalar max_val=1)	hardtanh_
huber_loss(Tensor input, Tensor target, int64_t reduction=at::Reduction::Mean, double delta=1.0, *, Tensor out=None)	huber_loss
im2col(Tensor input, IntArrayRef[2] kernel_size, IntArrayRef[2] dilation, IntArrayRef[2] padding, IntArrayRef[2] stride, *, Tensor out=None)	im2col
l1_loss(Tensor input, Tensor target, int64_t reduction=at::Reduction::Mean)	l1_loss
leaky_relu(Tensor input, Scalar negative_slope=0.01, *, Tensor out=None)	leaky_relu
leaky_relu_(Tensor input, Scalar negative_slope=0.01)	leaky_relu_
linear(Tensor input, Tensor weight, Tensor? bias=None, *, Tensor out=None)	linear
log_sigmoid(Tensor input, *, Tensor out=None)	log_sigmoid
max_pool2d_with_indices(Tensor input, IntArrayRef[2] kernel_size, IntArrayRef[2] stride=None, IntArrayRef[2] padding=0, IntArrayRef[2] dilation=1, bool ceil_mode=False, *, TensorList[2] out=None)	max_pool2d_with_indices
max_pool3d_with_indices(Tensor input, IntArrayRef[3] kernel_size, IntArrayRef[3] stride=None, IntArrayRef[3] padding=0, IntArrayRef[3] dilation=1, bool ceil_mode=False, *, TensorList[2] out=None)	max_pool3d_with_indices
max_unpool2d(Tensor input, Tensor indices, SymIntArrayRef[2] output_size, *, Tensor out=None)	max_unpool2d
max_unpool3d(Tensor input, Tensor indices, SymIntArrayRef[3] output_size, IntArrayRef[3] stride, IntArrayRef[3] padding, *, Tensor out=None)	max_unpool3d
mish(Tensor input, *, Tensor out=None)	mish
mish_(Tensor input)	mish_
mse_loss(Tensor input, Tensor target, int64_t reduction=at::Reduction::Mean, *, Tensor out=None)	mse_loss
multi_margin_loss(Tensor input, Tensor target, Scalar p=1, Scalar margin=1, Tensor? weight=None, int64_t reduction=at::Reduction::Mean, *, Tensor out=None)	multi_margin_loss
multilabel_margin_loss(Tensor input, Tensor target, int64_t reduction=at::Reduction::Mean, *, Tensor out=None)	multilabel_margin_loss
nll_loss(Tensor input, Tensor target, Tensor? weight=None, int64_t reduction=at::Reduction::Mean, SymInt ignore_index=-100, *, Tensor out=None)	nll_loss
nll_loss2d(Tensor input, Tensor target, Tensor? weight=None, int64_t reduction=at::Reduction::Mean, SymInt ignore_index=-100, *, Tensor out=None)	nll_loss2d
nll_loss_nd(Tensor input, Tensor target, Tensor? weight=None, int64_t reduction=at::Reduction::Mean, SymInt ignore_index=-100)	nll_loss_nd
one_hot(Tensor input, int64_t num_classes=-1)	one_hot
pad(Tensor input, SymIntArrayRef pad, c10::string_view mode="constant", double? value=None)	pad
pad_sequence(TensorList sequences, bool batch_first=False, double padding_value=0.0, c10::string_view padding_side="right")	pad_sequence
reflection_pad1d(Tensor input, SymIntArrayRef[2] padding, *, Tensor out=None)	reflection_pad1d
reflection_pad2d(Tensor input, SymIntArrayRef[4] padding, *, Tensor out=None)	reflection_pad2d
reflection_pad3d(Tensor input, SymIntArrayRef[6] padding, *, Tensor out=None)	reflection_pad3d
relu6(Tensor input)	relu6
relu6_(Tensor input)	relu6_
replication_pad1d(Tensor input, SymIntArrayRef[2] padding, *, Tensor out=None)	replication_pad1d
replication_pad2d(Tensor input, SymIntArrayRef[4] padding, *, Tensor out=None)	replication_pad2d
replication_pad3d(Tensor input, SymIntArrayRef[6] padding, *, Tensor out=None)	replication_pad3d
rrelu_with_noise(Tensor input, Tensor noise, Scalar lower=0.125, Scalar upper=0.3333333333333333, bool training=False, Generator? generator=None, *, Tensor out=None)	rrelu_with_noise
rrelu_with_noise_(Tensor input, Tensor noise, Scalar lower=0.125, Scalar upper=0.3333333333333333, bool training=False, Generator? generator=None)	rrelu_with_noise_
scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, double dropout_p=0.0, bool is_causal=False, *, double? scale=None, bool enable_gqa=False)	scaled_dot_product_attention
silu(Tensor input, *, Tensor out=None)	silu
silu_(Tensor input)	silu_
slow_conv3d(Tensor input, Tensor weight, SymIntArrayRef[3] kernel_size, Tensor? bias=None, SymIntArrayRef[3] stride=1, SymIntArrayRef[3] padding=0, *, Tensor out=None)	slow_conv3d
slow_conv_dilated2d(Tensor input, Tensor weight, SymIntArrayRef[2] kernel_size, Tensor? bias=None, SymIntArrayRef[2] stride=1, SymIntArrayRef[2] padding=0, SymIntArrayRef[2] dilation=1)	slow_conv_dilated2d
slow_conv_dilated3d(Tensor input, Tensor weight, SymIntArrayRef[3] kernel_size, Tensor? bias=None, SymIntArrayRef[3] stride=1, SymIntArrayRef[3] padding=0, SymIntArrayRef[3] dilation=1)	slow_conv_dilated3d
slow_conv_transpose2d(Tensor input, Tensor weight, SymIntArrayRef[2] kernel_size, Tensor? bias=None, SymIntArrayRef[2] stride=1, SymIntArrayRef[2] padding=0, SymIntArrayRef[2] output_padding=0, SymIntArrayRef[2] dilation=1, *, Tensor out=None)	slow_conv_transpose2d
slow_conv_transpose3d(Tensor input, Tensor weight, SymIntArrayRef[3] kernel_size, Tensor? bias=None, SymIntArrayRef[3] stride=1, SymIntArrayRef[3] padding=0, SymIntArrayRef[3] output_padding=0, SymIntArrayRef[3] dilation=1, *, Tensor out=None)	slow_conv_transpose3d
smooth_l1_loss(Tensor input, Tensor target, int64_t reduction=at::Reduction::Mean, double beta=1.0, *, Tensor out=None)	smooth_l1_loss
soft_margin_loss(Tensor input, Tensor target, int64_t reduction=at::Reduction::Mean, *, Tensor out=None)	soft_margin_loss
softplus(Tensor input, Scalar beta=1, Scalar threshold=20, *, Tensor out=None)	softplus
softshrink(Tensor input, Scalar lambd=0.5, *, Tensor out=None)	softshrink
thnn_conv2d(Tensor input, Tensor weight, SymIntArrayRef[2] kernel_size, Tensor? bias=None, SymIntArrayRef[2] stride=1, SymIntArrayRef[2] padding=0, *, Tensor out=None)	thnn_conv2d
unflatten_dense_tensors(Tensor flat, TensorList tensors)	unflatten_dense_tensors
upsample_bicubic2d(Tensor input, SymIntArrayRef? output_size, bool align_corners, ArrayRef<double>? scale_factors)	upsample_bicubic2d.vec
upsample_bicubic2d(Tensor input, SymIntArrayRef[2] output_size, bool align_corners, double? scales_h=None, double? scales_w=None, *, Tensor out=None)	upsample_bicubic2d
upsample_bilinear2d(Tensor input, SymIntArrayRef? output_size, bool align_corners, ArrayRef<double>? scale_factors)	upsample_bilinear2d.vec
upsample_bilinear2d(Tensor input, SymIntArrayRef[2] output_size, bool align_corners, double? scales_h=None, double? scales_w=None, *, Tensor out=None)	upsample_bilinear2d
upsample_linear1d(Tensor input, SymIntArrayRef? output_size, bool align_corners, ArrayRef<double>? scale_factors)	upsample_linear1d.vec
upsample_linear1d(Tensor input, SymIntArrayRef[1] output_size, bool align_corners, double? scales=None, *, Tensor out=None)	upsample_linear1d
upsample_nearest1d(Tensor input, SymIntArrayRef? output_size, ArrayRef<double>? scale_factors)	upsample_nearest1d.vec
upsample_nearest1d(Tensor input, SymIntArrayRef[1] output_size, double? scales=None, *, Tensor out=None)	upsample_nearest1d
upsample_nearest2d(Tensor input, SymIntArrayRef? output_size, ArrayRef<double>? scale_factors)	upsample_nearest2d.vec
upsample_nearest2d(Tensor input, SymIntArrayRef[2] output_size, double? scales_h=None, double? scales_w=None, *, Tensor out=None)	upsample_nearest2d
upsample_nearest3d(Tensor input, SymIntArrayRef? output_size, ArrayRef<double>? scale_factors)	upsample_nearest3d.vec
upsample_nearest3d(Tensor input, SymIntArrayRef[3] output_size, double? scales_d=None, double? scales_h=None, double? scales_w=None, *, Tensor out=None)	upsample_nearest3d
upsample_trilinear3d(Tensor input, SymIntArrayRef? output_size, bool align_corners, ArrayRef<double>? scale_factors)	upsample_trilinear3d.vec
upsample_trilinear3d(Tensor input, SymIntArrayRef[3] output_size, bool align_corners, double? scales_d=None, double? scales_h=None, double? scales_w=None, *, Tensor out=None)	upsample_trilinear3d
"""

FFT = """
fft_fft(Tensor input, SymInt? n=None, int64_t dim=-1, c10::string_view? norm=None, *, Tensor out=None)	fft_fft
fft_fft2(Tensor input, SymIntArrayRef[1]? s=None, IntArrayRef[1] dim={-2,-1}, c10::string_view? norm=None, *, Tensor out=None)	fft_fft2
fft_fftfreq(int64_t n, double d=1.0, *, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	fft_fftfreq
fft_fftn(Tensor input, SymIntArrayRef[1]? s=None, IntArrayRef[1]? dim=None, c10::string_view? norm=None, *, Tensor out=None)	fft_fftn
fft_fftshift(Tensor input, IntArrayRef[1]? dim=None)	fft_fftshift
fft_hfft(Tensor input, SymInt? n=None, int64_t dim=-1, c10::string_view? norm=None, *, Tensor out=None)	fft_hfft
fft_hfft2(Tensor input, SymIntArrayRef[1]? s=None, IntArrayRef[1] dim={-2,-1}, c10::string_view? norm=None, *, Tensor out=None)	fft_hfft2
fft_hfftn(Tensor input, SymIntArrayRef[1]? s=None, IntArrayRef[1]? dim=None, c10::string_view? norm=None, *, Tensor out=None)	fft_hfftn
fft_ifft(Tensor input, SymInt? n=None, int64_t dim=-1, c10::string_view? norm=None, *, Tensor out=None)	fft_ifft
fft_ifft2(Tensor input, SymIntArrayRef[1]? s=None, IntArrayRef[1] dim={-2,-1}, c10::string_view? norm=None, *, Tensor out=None)	fft_ifft2
fft_ifftn(Tensor input, SymIntArrayRef[1]? s=None, IntArrayRef[1]? dim=None, c10::string_view? norm=None, *, Tensor out=None)	fft_ifftn
fft_ifftshift(Tensor input, IntArrayRef[1]? dim=None)	fft_ifftshift
fft_ihfft(Tensor input, SymInt? n=None, int64_t dim=-1, c10::string_view? norm=None, *, Tensor out=None)	fft_ihfft
fft_ihfft2(Tensor input, SymIntArrayRef[1]? s=None, IntArrayRef[1] dim={-2,-1}, c10::string_view? norm=None, *, Tensor out=None)	fft_ihfft2
fft_ihfftn(Tensor input, SymIntArrayRef[1]? s=None, IntArrayRef[1]? dim=None, c10::string_view? norm=None, *, Tensor out=None)	fft_ihfftn
fft_irfft(Tensor input, SymInt? n=None, int64_t dim=-1, c10::string_view? norm=None, *, Tensor out=None)	fft_irfft
fft_irfft2(Tensor input, SymIntArrayRef[1]? s=None, IntArrayRef[1] dim={-2,-1}, c10::string_view? norm=None, *, Tensor out=None)	fft_irfft2
fft_irfftn(Tensor input, SymIntArrayRef[1]? s=None, IntArrayRef[1]? dim=None, c10::string_view? norm=None, *, Tensor out=None)	fft_irfftn
fft_rfft(Tensor input, SymInt? n=None, int64_t dim=-1, c10::string_view? norm=None, *, Tensor out=None)	fft_rfft
fft_rfft2(Tensor input, SymIntArrayRef[1]? s=None, IntArrayRef[1] dim={-2,-1}, c10::string_view? norm=None, *, Tensor out=None)	fft_rfft2
fft_rfftfreq(int64_t n, double d=1.0, *, Tensor out=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)	fft_rfftfreq
fft_rfftn(Tensor input, SymIntArrayRef[1]? s=None, IntArrayRef[1]? dim=None, c10::string_view? norm=None, *, Tensor out=None)	fft_rfftn
"""

LINALG = """
_linalg_eigvals(Tensor input)	_linalg_eigvals
linalg__powsum(Tensor input, Scalar ord=2, IntArrayRef[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None)	linalg__powsum
linalg_cholesky(Tensor input, *, bool upper=False, Tensor out=None)	linalg_cholesky
linalg_cholesky_ex(Tensor input, *, bool upper=False, bool check_errors=False, TensorList[2] out=None)	linalg_cholesky_ex
linalg_cond(Tensor input, Scalar? p=None, *, Tensor out=None)	linalg_cond
linalg_cond(Tensor input, c10::string_view p, *, Tensor out=None)	linalg_cond.p_str
linalg_cross(Tensor input, Tensor other, *, int64_t dim=-1, Tensor out=None)	linalg_cross
linalg_det(Tensor A, *, Tensor out=None)	linalg_det
linalg_diagonal(Tensor A, *, int64_t offset=0, int64_t dim1=-2, int64_t dim2=-1)	linalg_diagonal
linalg_eig(Tensor input, *, TensorList[2] out=None)	linalg_eig
linalg_eigh(Tensor input, c10::string_view UPLO="L", *, TensorList[2] out=None)	linalg_eigh
linalg_eigvals(Tensor input, *, Tensor out=None)	linalg_eigvals
linalg_eigvalsh(Tensor input, c10::string_view UPLO="L", *, Tensor out=None)	linalg_eigvalsh
linalg_householder_product(Tensor input, Tensor tau, *, Tensor out=None)	linalg_householder_product
linalg_inv(Tensor A, *, Tensor out=None)	linalg_inv
linalg_inv_ex(Tensor A, *, bool check_errors=False, TensorList[2] out=None)	linalg_inv_ex
linalg_ldl_factor(Tensor input, *, bool hermitian=False, TensorList[2] out=None)	linalg_ldl_factor
linalg_ldl_factor_ex(Tensor input, *, bool hermitian=False, bool check_errors=False, TensorList[3] out=None)	linalg_ldl_factor_ex
linalg_ldl_solve(Tensor LD, Tensor pivots, Tensor B, *, bool hermitian=False, Tensor out=None)	linalg_ldl_solve
linalg_lstsq(Tensor input, Tensor b, double? rcond=None, *, c10::string_view? driver=None, TensorList[4] out=None)	linalg_lstsq
linalg_lu(Tensor A, *, bool pivot=True, TensorList[3] out=None)	linalg_lu
linalg_lu_factor(Tensor A, *, bool pivot=True, TensorList[2] out=None)	linalg_lu_factor
linalg_lu_factor_ex(Tensor A, *, bool pivot=True, bool check_errors=False, TensorList[3] out=None)	linalg_lu_factor_ex
linalg_lu_solve(Tensor LU, Tensor pivots, Tensor B, *, bool left=True, bool adjoint=False, Tensor out=None)	linalg_lu_solve
linalg_matmul(Tensor input, Tensor other, *, Tensor out=None)	linalg_matmul
linalg_matrix_exp(Tensor input)	linalg_matrix_exp
linalg_matrix_norm(Tensor input, Scalar ord, IntArrayRef dim={-2,-1}, bool keepdim=False, *, ScalarType? dtype=None, Tensor out=None)	linalg_matrix_norm
linalg_matrix_norm(Tensor input, c10::string_view ord="fro", IntArrayRef dim={-2,-1}, bool keepdim=False, *, ScalarType? dtype=None, Tensor out=None)	linalg_matrix_norm.str_ord
linalg_matrix_power(Tensor input, int64_t n, *, Tensor out=None)	linalg_matrix_power
linalg_matrix_rank(Tensor input, *, Tensor? atol=None, Tensor? rtol=None, bool hermitian=False, Tensor out=None)	linalg_matrix_rank.atol_rtol_tensor
linalg_matrix_rank(Tensor input, *, double? atol=None, double? rtol=None, bool hermitian=False, Tensor out=None)	linalg_matrix_rank.atol_rtol_float
linalg_matrix_rank(Tensor input, Tensor tol, bool hermitian=False, *, Tensor out=None)	linalg_matrix_rank.tol_tensor
linalg_matrix_rank(Tensor input, double tol, bool hermitian=False, *, Tensor out=None)	linalg_matrix_rank
linalg_multi_dot(TensorList tensors, *, Tensor out=None)	linalg_multi_dot
linalg_norm(Tensor input, Scalar? ord=None, IntArrayRef[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None, Tensor out=None)	linalg_norm
linalg_norm(Tensor input, c10::string_view ord, IntArrayRef[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None, Tensor out=None)	linalg_norm.ord_str
linalg_pinv(Tensor input, *, Tensor? atol=None, Tensor? rtol=None, bool hermitian=False, Tensor out=None)	linalg_pinv.atol_rtol_tensor
linalg_pinv(Tensor input, *, double? atol=None, double? rtol=None, bool hermitian=False, Tensor out=None)	linalg_pinv.atol_rtol_float
linalg_pinv(Tensor input, Tensor rcond, bool hermitian=False, *, Tensor out=None)	linalg_pinv.rcond_tensor
linalg_pinv(Tensor input, double rcond, bool hermitian=False, *, Tensor out=None)	linalg_pinv
linalg_qr(Tensor A, c10::string_view mode="reduced", *, TensorList[2] out=None)	linalg_qr
linalg_slogdet(Tensor A, *, TensorList[2] out=None)	linalg_slogdet
linalg_solve(Tensor A, Tensor B, *, bool left=True, Tensor out=None)	linalg_solve
linalg_solve_ex(Tensor A, Tensor B, *, bool left=True, bool check_errors=False, TensorList[2] out=None)	linalg_solve_ex
linalg_solve_triangular(Tensor input, Tensor B, *, bool upper, bool left=True, bool unitriangular=False, Tensor out=None)	linalg_solve_triangular
linalg_svd(Tensor A, bool full_matrices=True, *, c10::string_view? driver=None, TensorList[3] out=None)	linalg_svd
linalg_svdvals(Tensor A, *, c10::string_view? driver=None, Tensor out=None)	linalg_svdvals
linalg_tensorinv(Tensor input, int64_t ind=2, *, Tensor out=None)	linalg_tensorinv
linalg_tensorsolve(Tensor input, Tensor other, IntArrayRef? dims=None, *, Tensor out=None)	linalg_tensorsolve
linalg_vander(Tensor x, *, SymInt? N=None)	linalg_vander
linalg_vecdot(Tensor x, Tensor y, *, int64_t dim=-1, Tensor out=None)	linalg_vecdot
linalg_vector_norm(Tensor input, Scalar ord=2, IntArrayRef[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None, Tensor out=None)	linalg_vector_norm
"""

SPECIAL = """
special_airy_ai(Tensor x, *, Tensor out=None)	special_airy_ai
special_bessel_j0(Tensor input, *, Tensor out=None)	special_bessel_j0
special_bessel_j1(Tensor input, *, Tensor out=None)	special_bessel_j1
special_bessel_y0(Tensor input, *, Tensor out=None)	special_bessel_y0
special_bessel_y1(Tensor input, *, Tensor out=None)	special_bessel_y1
special_chebyshev_polynomial_t(Tensor x, Tensor n, *, Tensor out=None)	special_chebyshev_polynomial_t
special_chebyshev_polynomial_t(Scalar x, Tensor n, *, Tensor out=None)	special_chebyshev_polynomial_t.x_scalar
special_chebyshev_polynomial_t(Tensor x, Scalar n, *, Tensor out=None)	special_chebyshev_polynomial_t.n_scalar
special_chebyshev_polynomial_u(Tensor x, Tensor n, *, Tensor out=None)	special_chebyshev_polynomial_u
special_chebyshev_polynomial_u(Scalar x, Tensor n, *, Tensor out=None)	special_chebyshev_polynomial_u.x_scalar
special_chebyshev_polynomial_u(Tensor x, Scalar n, *, Tensor out=None)	special_chebyshev_polynomial_u.n_scalar
special_chebyshev_polynomial_v(Tensor x, Tensor n, *, Tensor out=None)	special_chebyshev_polynomial_v
special_chebyshev_polynomial_v(Scalar x, Tensor n, *, Tensor out=None)	special_chebyshev_polynomial_v.x_scalar
special_chebyshev_polynomial_v(Tensor x, Scalar n, *, Tensor out=None)	special_chebyshev_polynomial_v.n_scalar
special_chebyshev_polynomial_w(Tensor x, Tensor n, *, Tensor out=None)	special_chebyshev_polynomial_w
special_chebyshev_polynomial_w(Scalar x, Tensor n, *, Tensor out=None)	special_chebyshev_polynomial_w.x_scalar
special_chebyshev_polynomial_w(Tensor x, Scalar n, *, Tensor out=None)	special_chebyshev_polynomial_w.n_scalar
special_digamma(Tensor input, *, Tensor out=None)	special_digamma
special_entr(Tensor input, *, Tensor out=None)	special_entr
special_erf(Tensor input, *, Tensor out=None)	special_erf
special_erfc(Tensor input, *, Tensor out=None)	special_erfc
special_erfcx(Tensor input, *, Tensor out=None)	special_erfcx
special_erfinv(Tensor input, *, Tensor out=None)	special_erfinv
special_exp2(Tensor input, *, Tensor out=None)	special_exp2
special_expit(Tensor input, *, Tensor out=None)	special_expit
special_expm1(Tensor input, *, Tensor out=None)	special_expm1
special_gammainc(Tensor input, Tensor other, *, Tensor out=None)	special_gammainc
special_gammaincc(Tensor input, Tensor other, *, Tensor out=None)	special_gammaincc
special_gammaln(Tensor input, *, Tensor out=None)	special_gammaln
special_hermite_polynomial_h(Tensor x, Tensor n, *, Tensor out=None)	special_hermite_polynomial_h
special_hermite_polynomial_h(Scalar x, Tensor n, *, Tensor out=None)	special_hermite_polynomial_h.x_scalar
special_hermite_polynomial_h(Tensor x, Scalar n, *, Tensor out=None)	special_hermite_polynomial_h.n_scalar
special_hermite_polynomial_he(Tensor x, Tensor n, *, Tensor out=None)	special_hermite_polynomial_he
special_hermite_polynomial_he(Scalar x, Tensor n, *, Tensor out=None)	special_hermite_polynomial_he.x_scalar
special_hermite_polynomial_he(Tensor x, Scalar n, *, Tensor out=None)	special_hermite_polynomial_he.n_scalar
special_i0(Tensor input, *, Tensor out=None)	special_i0
special_i0e(Tensor input, *, Tensor out=None)	special_i0e
special_i1(Tensor input, *, Tensor out=None)	special_i1
special_i1e(Tensor input, *, Tensor out=None)	special_i1e
special_laguerre_polynomial_l(Tensor x, Tensor n, *, Tensor out=None)	special_laguerre_polynomial_l
special_laguerre_polynomial_l(Scalar x, Tensor n, *, Tensor out=None)	special_laguerre_polynomial_l.x_scalar
special_laguerre_polynomial_l(Tensor x, Scalar n, *, Tensor out=None)	special_laguerre_polynomial_l.n_scalar
special_legendre_polynomial_p(Tensor x, Tensor n, *, Tensor out=None)	special_legendre_polynomial_p
special_legendre_polynomial_p(Scalar x, Tensor n, *, Tensor out=None)	special_legendre_polynomial_p.x_scalar
special_legendre_polynomial_p(Tensor x, Scalar n, *, Tensor out=None)	special_legendre_polynomial_p.n_scalar
special_log1p(Tensor input, *, Tensor out=None)	special_log1p
special_log_ndtr(Tensor input, *, Tensor out=None)	special_log_ndtr
special_log_softmax(Tensor input, int64_t dim, *, ScalarType? dtype=None)	special_log_softmax
special_logit(Tensor input, double? eps=None, *, Tensor out=None)	special_logit
special_logsumexp(Tensor input, IntArrayRef[1] dim, bool keepdim=False, *, Tensor out=None)	special_logsumexp
special_modified_bessel_i0(Tensor input, *, Tensor out=None)	special_modified_bessel_i0
special_modified_bessel_i1(Tensor input, *, Tensor out=None)	special_modified_bessel_i1
special_modified_bessel_k0(Tensor input, *, Tensor out=None)	special_modified_bessel_k0
special_modified_bessel_k1(Tensor input, *, Tensor out=None)	special_modified_bessel_k1
special_multigammaln(Tensor input, int64_t p, *, Tensor out=None)	special_multigammaln
special_ndtr(Tensor input, *, Tensor out=None)	special_ndtr
special_ndtri(Tensor input, *, Tensor out=None)	special_ndtri
special_polygamma(int64_t n, Tensor input, *, Tensor out=None)	special_polygamma
special_psi(Tensor input, *, Tensor out=None)	special_psi
special_round(Tensor input, *, int64_t decimals=0, Tensor out=None)	special_round
special_scaled_modified_bessel_k0(Tensor x, *, Tensor out=None)	special_scaled_modified_bessel_k0
special_scaled_modified_bessel_k1(Tensor x, *, Tensor out=None)	special_scaled_modified_bessel_k1
special_shifted_chebyshev_polynomial_t(Tensor x, Tensor n, *, Tensor out=None)	special_shifted_chebyshev_polynomial_t
special_shifted_chebyshev_polynomial_t(Scalar x, Tensor n, *, Tensor out=None)	special_shifted_chebyshev_polynomial_t.x_scalar
special_shifted_chebyshev_polynomial_t(Tensor x, Scalar n, *, Tensor out=None)	special_shifted_chebyshev_polynomial_t.n_scalar
special_shifted_chebyshev_polynomial_u(Tensor x, Tensor n, *, Tensor out=None)	special_shifted_chebyshev_polynomial_u
special_shifted_chebyshev_polynomial_u(Scalar x, Tensor n, *, Tensor out=None)	special_shifted_chebyshev_polynomial_u.x_scalar
special_shifted_chebyshev_polynomial_u(Tensor x, Scalar n, *, Tensor out=None)	special_shifted_chebyshev_polynomial_u.n_scalar
special_shifted_chebyshev_polynomial_v(Tensor x, Tensor n, *, Tensor out=None)	special_shifted_chebyshev_polynomial_v
special_shifted_chebyshev_polynomial_v(Scalar x, Tensor n, *, Tensor out=None)	special_shifted_chebyshev_polynomial_v.x_scalar
special_shifted_chebyshev_polynomial_v(Tensor x, Scalar n, *, Tensor out=None)	special_shifted_chebyshev_polynomial_v.n_scalar
special_shifted_chebyshev_polynomial_w(Tensor x, Tensor n, *, Tensor out=None)	special_shifted_chebyshev_polynomial_w
special_shifted_chebyshev_polynomial_w(Scalar x, Tensor n, *, Tensor out=None)	special_shifted_chebyshev_polynomial_w.x_scalar
special_shifted_chebyshev_polynomial_w(Tensor x, Scalar n, *, Tensor out=None)	special_shifted_chebyshev_polynomial_w.n_scalar
special_sinc(Tensor input, *, Tensor out=None)	special_sinc
special_softmax(Tensor input, int64_t dim, ScalarType? dtype=None)	special_softmax
special_spherical_bessel_j0(Tensor x, *, Tensor out=None)	special_spherical_bessel_j0
special_xlog1py(Tensor input, Tensor other, *, Tensor out=None)	special_xlog1py
special_xlog1py(Scalar self, Tensor other, *, Tensor out=None)	special_xlog1py.self_scalar
special_xlog1py(Tensor input, Scalar other, *, Tensor out=None)	special_xlog1py.other_scalar
special_xlogy(Tensor input, Tensor other, *, Tensor out=None)	special_xlogy
special_xlogy(Scalar self, Tensor other, *, Tensor out=None)	special_xlogy.self_scalar
special_xlogy(Tensor input, Scalar other, *, Tensor out=None)	special_xlogy.other_scalar
special_zeta(Tensor input, Tensor other, *, Tensor out=None)	special_zeta
special_zeta(Scalar self, Tensor other, *, Tensor out=None)	special_zeta.self_scalar
special_zeta(Tensor input, Scalar other, *, Tensor out=None)	special_zeta.other_scalar
"""

CLASS = """
Generator(Device device=None)	Generator
device(Device device)	device
device(std::string_view type, int64_t? index=-1)	device
finfo(ScalarType type)	finfo
finfo()	finfo
iinfo(ScalarType type)	iinfo
new(*, Device? device=None)	new
new(Storage storage)	new
new(Tensor other)	new
new(Tensor other, *, Device? device=None)|hidden	new
new(SymIntArrayRef size, *, Device? device=None)	new
new(PyObject* data, *, Device? device=None)	new
set_grad_enabled(bool enabled)	set_grad_enabled
"""

_TEXTS = {"torch": TORCH, "method": METHOD, "nn": NN, "fft": FFT, "linalg": LINALG, "special": SPECIAL, "class": CLASS}
_tables: dict[str, dict[str, list[str]]] = {}


def table(namespace: str) -> dict[str, list[str]]:
    """The lines of each function of a namespace: "torch", "method", "nn", "fft", "linalg", "special" or
    "class" (constructors; "new" is Tensor's)."""
    found = _tables.get(namespace)
    if found is None:
        found = {}
        # "fft_fft" is fft.fft: names are listed without the namespace.
        prefix = namespace + "_" if namespace in ("fft", "linalg", "special") else ""
        for line in _TEXTS[namespace].strip().split("\n"):
            found.setdefault(line[: line.index("(")].removeprefix(prefix), []).append(line)
        _tables[namespace] = found
    return found


def signatures(namespace: str, name: str) -> list[str]:
    """The texts of a function's signatures, for Parser; KeyError where there is no such function."""
    return [line.split("\t")[0] for line in table(namespace)[name]]


def overloads(namespace: str, name: str) -> list[str]:
    """The overload each signature means, such as "add.Tensor"."""
    return [line.split("\t")[1] for line in table(namespace)[name]]


def call_arguments(namespace: str, name: str, index: int) -> list[str] | None:
    """For a deprecated signature, the names or constants its overload is called with, in order; None for others."""
    fields = table(namespace)[name][index].split("\t")
    return fields[2].split(", ") if len(fields) > 2 else None
