namespace TorchSharp;

public static partial class torch
{
    private static partial class Aten
    {
        internal static readonly Op rsub_Scalar = new("aten::rsub", "Scalar");
    }

    public partial class Tensor
    {
        public static Tensor operator +(Tensor left, Tensor right) => left.add(right);

        public static Tensor operator +(Tensor left, Scalar right) => Aten.add_Scalar.Call(left, right);

        public static Tensor operator +(Tensor left, int right) => Aten.add_Scalar.Call(left, right);

        public static Tensor operator +(Tensor left, long right) => Aten.add_Scalar.Call(left, right);

        public static Tensor operator +(Tensor left, float right) => Aten.add_Scalar.Call(left, right);

        public static Tensor operator +(Tensor left, double right) => Aten.add_Scalar.Call(left, right);

        public static Tensor operator +(Scalar left, Tensor right) => Aten.add_Scalar.Call(right, left);

        public static Tensor operator +(int left, Tensor right) => Aten.add_Scalar.Call(right, left);

        public static Tensor operator +(long left, Tensor right) => Aten.add_Scalar.Call(right, left);

        public static Tensor operator +(float left, Tensor right) => Aten.add_Scalar.Call(right, left);

        public static Tensor operator +(double left, Tensor right) => Aten.add_Scalar.Call(right, left);

        public static Tensor operator *(Tensor left, Tensor right) => left.mul(right);

        public static Tensor operator *(Tensor left, Scalar right) => Aten.mul_Scalar.Call(left, right);

        public static Tensor operator *(Tensor left, int right) => Aten.mul_Scalar.Call(left, right);

        public static Tensor operator *(Tensor left, long right) => Aten.mul_Scalar.Call(left, right);

        public static Tensor operator *(Tensor left, float right) => Aten.mul_Scalar.Call(left, right);

        public static Tensor operator *(Tensor left, double right) => Aten.mul_Scalar.Call(left, right);

        public static Tensor operator *(Scalar left, Tensor right) => Aten.mul_Scalar.Call(right, left);

        public static Tensor operator *(int left, Tensor right) => Aten.mul_Scalar.Call(right, left);

        public static Tensor operator *(long left, Tensor right) => Aten.mul_Scalar.Call(right, left);

        public static Tensor operator *(float left, Tensor right) => Aten.mul_Scalar.Call(right, left);

        public static Tensor operator *(double left, Tensor right) => Aten.mul_Scalar.Call(right, left);

        public static Tensor operator -(Tensor left, Tensor right) => left.sub(right);

        public static Tensor operator -(Tensor left, Scalar right) => Aten.sub_Scalar.Call(left, right);

        public static Tensor operator -(Tensor left, int right) => Aten.sub_Scalar.Call(left, right);

        public static Tensor operator -(Tensor left, long right) => Aten.sub_Scalar.Call(left, right);

        public static Tensor operator -(Tensor left, float right) => Aten.sub_Scalar.Call(left, right);

        public static Tensor operator -(Tensor left, double right) => Aten.sub_Scalar.Call(left, right);

        public static Tensor operator -(Scalar left, Tensor right) => Aten.rsub_Scalar.Call(right, left);

        public static Tensor operator -(int left, Tensor right) => Aten.rsub_Scalar.Call(right, left);

        public static Tensor operator -(long left, Tensor right) => Aten.rsub_Scalar.Call(right, left);

        public static Tensor operator -(float left, Tensor right) => Aten.rsub_Scalar.Call(right, left);

        public static Tensor operator -(double left, Tensor right) => Aten.rsub_Scalar.Call(right, left);

        public static Tensor operator /(Tensor left, Tensor right) => left.div(right);

        public static Tensor operator /(Tensor left, Scalar right) => Aten.div_Scalar.Call(left, right);

        public static Tensor operator /(Tensor left, int right) => Aten.div_Scalar.Call(left, right);

        public static Tensor operator /(Tensor left, long right) => Aten.div_Scalar.Call(left, right);

        public static Tensor operator /(Tensor left, float right) => Aten.div_Scalar.Call(left, right);

        public static Tensor operator /(Tensor left, double right) => Aten.div_Scalar.Call(left, right);

        public static Tensor operator /(Scalar left, Tensor right) => Quotient(left, right);

        public static Tensor operator /(int left, Tensor right) => Quotient(left, right);

        public static Tensor operator /(long left, Tensor right) => Quotient(left, right);

        public static Tensor operator /(float left, Tensor right) => Quotient(left, right);

        public static Tensor operator /(double left, Tensor right) => Quotient(left, right);

        public static Tensor operator %(Tensor left, Tensor right) => left.remainder(right);

        public static Tensor operator %(Tensor left, Scalar right) => Aten.remainder_Scalar.Call(left, right);

        public static Tensor operator %(Tensor left, int right) => Aten.remainder_Scalar.Call(left, right);

        public static Tensor operator %(Tensor left, long right) => Aten.remainder_Scalar.Call(left, right);

        public static Tensor operator %(Tensor left, float right) => Aten.remainder_Scalar.Call(left, right);

        public static Tensor operator %(Tensor left, double right) => Aten.remainder_Scalar.Call(left, right);

        public static Tensor operator -(Tensor tensor) => tensor.neg();

        public static Tensor operator ~(Tensor left) => left.bitwise_not();

        public static Tensor operator &(Tensor left, Tensor right) => left.bitwise_and(right);

        public static Tensor operator |(Tensor left, Tensor right) => left.bitwise_or(right);

        public static Tensor operator ^(Tensor left, Tensor right) => left.bitwise_xor(right);

        public static Tensor operator ==(Tensor left, Tensor right) => left.eq(right);

        public static Tensor operator ==(Tensor left, Scalar right) => left.eq(right);

        public static Tensor operator ==(Scalar left, Tensor right) => right.eq(left);

        public static Tensor operator !=(Tensor left, Tensor right) => left.ne(right);

        public static Tensor operator !=(Tensor left, Scalar right) => left.ne(right);

        public static Tensor operator !=(Scalar left, Tensor right) => right.ne(left);

        public static Tensor operator <(Tensor left, Tensor right) => left.lt(right);

        public static Tensor operator <(Tensor left, Scalar right) => left.lt(right);

        public static Tensor operator <(Scalar left, Tensor right) => right.gt(left);

        public static Tensor operator <=(Tensor left, Tensor right) => left.le(right);

        public static Tensor operator <=(Tensor left, Scalar right) => left.le(right);

        public static Tensor operator <=(Scalar left, Tensor right) => right.ge(left);

        public static Tensor operator >(Tensor left, Tensor right) => left.gt(right);

        public static Tensor operator >(Tensor left, Scalar right) => left.gt(right);

        public static Tensor operator >(Scalar left, Tensor right) => right.lt(left);

        public static Tensor operator >=(Tensor left, Tensor right) => left.ge(right);

        public static Tensor operator >=(Tensor left, Scalar right) => left.ge(right);

        public static Tensor operator >=(Scalar left, Tensor right) => right.le(left);

        public static implicit operator Tensor(byte value) => tensor(value);

        public static implicit operator Tensor(sbyte value) => tensor(value);

        public static implicit operator Tensor(short value) => tensor(value);

        public static implicit operator Tensor(int value) => tensor(value);

        public static implicit operator Tensor(long value) => tensor(value);

        public static implicit operator Tensor(float value) => tensor(value);

        public static implicit operator Tensor(double value) => tensor(value);

        public static implicit operator Tensor(bool value) => tensor(value);

        public static implicit operator Tensor(Scalar scalar) => full(Array.Empty<long>(), scalar, scalar.Type);

        public static implicit operator Tensor(byte[] value) => tensor(value);

        public static implicit operator Tensor(int[] value) => tensor(value);

        public static implicit operator Tensor(long[] value) => tensor(value);

        public static implicit operator Tensor(float[] value) => tensor(value);

        public static implicit operator Tensor(double[] value) => tensor(value);

        public static implicit operator Tensor(bool[] value) => tensor(value);

        private static Tensor Quotient(Scalar left, Tensor right)
        {
            using var reciprocal = right.reciprocal();
            return reciprocal.mul(left);
        }

        public static explicit operator float(Tensor value) => value.ToSingle();

        public static explicit operator double(Tensor value) => value.ToDouble();

        public static explicit operator byte(Tensor value) => value.ToByte();

        public static explicit operator int(Tensor value) => value.ToInt32();

        public static explicit operator long(Tensor value) => value.ToInt64();

        public static explicit operator bool(Tensor value) => value.ToBoolean();
    }
}
