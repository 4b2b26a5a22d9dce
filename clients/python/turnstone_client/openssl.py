"""
ECDSA on P-256 and AES-256-GCM by Python's own OpenSSL: the libcrypto that hashlib is linked with, reached by ctypes
(ADR 61). Importing this fails where there is none.
"""

import contextlib
import ctypes
import glob
import os

import _hashlib

from .errors import RequestRefusedError, SessionStoreError

# From openssl/evp.h and openssl/ec.h; they are the same in OpenSSL 1.1.1 and 3.
_EC = 408
_MAKING_A_KEY = 2 | 4
_SET_CURVE = 0x1001
_P256 = 415
_GET_TAG, _SET_TAG = 0x10, 0x11

TAG = 16
_LONGEST_SIGNATURE = 72
# What stands in a private key of this curve (RFC 5915) before the secret, between it and the point, and at its ends.
_BEFORE = bytes.fromhex("30770201010420")
_BETWEEN = bytes.fromhex("a00a06082a8648ce3d030107a14403420004")
_SECRET = 32
_POINT = 64

_int, _long, _size, _pointer, _bytes = ctypes.c_int, ctypes.c_long, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_char_p
_at_pointer, _at_size, _at_int = ctypes.POINTER(_pointer), ctypes.POINTER(_size), ctypes.POINTER(_int)

# What each gives and takes. None is variadic: ctypes cannot call those everywhere.
_FUNCTIONS = {
    "ERR_clear_error": (None,),
    "EVP_PKEY_CTX_new_id": (_pointer, _int, _pointer),
    "EVP_PKEY_CTX_free": (None, _pointer),
    "EVP_PKEY_keygen_init": (_int, _pointer),
    "EVP_PKEY_CTX_ctrl": (_int, _pointer, _int, _int, _int, _int, _pointer),
    "EVP_PKEY_keygen": (_int, _pointer, _at_pointer),
    "EVP_PKEY_free": (None, _pointer),
    "i2d_PrivateKey": (_int, _pointer, _at_pointer),
    "d2i_PrivateKey": (_pointer, _int, _pointer, _at_pointer, _long),
    "EVP_MD_CTX_new": (_pointer,),
    "EVP_MD_CTX_free": (None, _pointer),
    "EVP_sha256": (_pointer,),
    "EVP_DigestSignInit": (_int, _pointer, _pointer, _pointer, _pointer, _pointer),
    "EVP_DigestSign": (_int, _pointer, _bytes, _at_size, _bytes, _size),
    "EVP_CIPHER_CTX_new": (_pointer,),
    "EVP_CIPHER_CTX_free": (None, _pointer),
    "EVP_CIPHER_CTX_ctrl": (_int, _pointer, _int, _int, _bytes),
    "EVP_aes_256_gcm": (_pointer,),
    "EVP_CipherInit_ex": (_int, _pointer, _pointer, _pointer, _bytes, _bytes, _int),
    "EVP_CipherUpdate": (_int, _pointer, _bytes, _at_int, _bytes, _int),
    "EVP_CipherFinal_ex": (_int, _pointer, _bytes, _at_int),
}


def _library():
    """The symbols of a file are its own and those of what it is linked with; on Windows its own alone."""
    built = getattr(_hashlib, "__file__", None)
    if os.name != "nt":
        return ctypes.CDLL(built)
    beside = glob.glob(os.path.join(os.path.dirname(built or ""), "libcrypto-*.dll"))
    return ctypes.CDLL(beside[0])


def _functions(library):
    for name, (gives, *takes) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = gives, takes
    return library


try:
    _lib = _functions(_library())
except (OSError, AttributeError, IndexError):
    raise ImportError("Python's hashlib reaches no OpenSSL that signs and encrypts.") from None


def new_key():
    """A private key as it is stored."""
    with _owned(_lib.EVP_PKEY_CTX_new_id(_EC, None), _lib.EVP_PKEY_CTX_free) as context:
        _check(_lib.EVP_PKEY_keygen_init(context))
        _check(_lib.EVP_PKEY_CTX_ctrl(context, _EC, _MAKING_A_KEY, _SET_CURVE, _P256, None))
        made = _pointer()
        _check(_lib.EVP_PKEY_keygen(context, ctypes.byref(made)))
    with _owned(made, _lib.EVP_PKEY_free) as key:
        room = ctypes.create_string_buffer(_check(_lib.i2d_PrivateKey(key, None)))
        _check(_lib.i2d_PrivateKey(key, ctypes.byref(_pointer(ctypes.addressof(room)))))
    stored = room.raw
    point(stored)
    return stored


def point(stored):
    """The public key of a private one: x and y."""
    between = stored[len(_BEFORE) + _SECRET : -_POINT]
    if not stored.startswith(_BEFORE) or between != _BETWEEN:
        raise SessionStoreError(word="store_damaged")
    return stored[-_POINT : -_POINT // 2], stored[-_POINT // 2 :]


def sign(stored, message):
    """The signature of a message as JWS has it (RFC 7518 §3.4)."""
    source = ctypes.create_string_buffer(stored, len(stored))
    at = ctypes.byref(_pointer(ctypes.addressof(source)))
    read = _lib.d2i_PrivateKey(_EC, None, at, len(stored))
    if not read:
        _lib.ERR_clear_error()
        raise SessionStoreError(word="store_damaged")
    with (
        _owned(read, _lib.EVP_PKEY_free) as key,
        _owned(_lib.EVP_MD_CTX_new(), _lib.EVP_MD_CTX_free) as context,
    ):
        _check(_lib.EVP_DigestSignInit(context, None, _lib.EVP_sha256(), None, key))
        room, length = ctypes.create_string_buffer(_LONGEST_SIGNATURE), _size(_LONGEST_SIGNATURE)
        _check(_lib.EVP_DigestSign(context, room, ctypes.byref(length), message, len(message)))
    return _plain(room.raw[: length.value])


def cipher(key, nonce, data, bound, tag=None):
    """Encrypts data and makes a tag for it and for what is bound to it; with a tag it decrypts. Gives both."""
    with _owned(_lib.EVP_CIPHER_CTX_new(), _lib.EVP_CIPHER_CTX_free) as context:
        _check(_lib.EVP_CipherInit_ex(context, _lib.EVP_aes_256_gcm(), None, key, nonce, tag is None))
        length = ctypes.byref(_int())
        _check(_lib.EVP_CipherUpdate(context, None, length, bound, len(bound)))
        room, end = ctypes.create_string_buffer(len(data)), ctypes.create_string_buffer(TAG)
        _check(_lib.EVP_CipherUpdate(context, room, length, data, len(data)))
        if tag is not None:
            _check(_lib.EVP_CIPHER_CTX_ctrl(context, _SET_TAG, TAG, tag))
        if _lib.EVP_CipherFinal_ex(context, end, length) <= 0:
            _lib.ERR_clear_error()
            raise SessionStoreError(word="store_damaged")
        if tag is None:
            _check(_lib.EVP_CIPHER_CTX_ctrl(context, _GET_TAG, TAG, end))
    return room.raw, end.raw


def _plain(signature):
    """Two integers of 32 bytes, from two of DER. None of its lengths is above 127."""
    end = 4 + signature[3]
    first, second = signature[4:end], signature[end + 2 :]
    return b"".join(int.from_bytes(number, "big").to_bytes(32, "big") for number in (first, second))


@contextlib.contextmanager
def _owned(pointer, free):
    if not pointer:
        raise _refused()
    try:
        yield pointer
    finally:
        free(pointer)


def _check(result):
    if result <= 0:
        raise _refused()
    return result


def _refused():
    # What is left in the list of this thread would be taken for an error of the next connection.
    _lib.ERR_clear_error()
    return RequestRefusedError(word="no_proof")
