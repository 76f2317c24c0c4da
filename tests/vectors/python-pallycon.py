"""Mints python-pallycon.json: pip install python-pallycon==1.0.3, then python3 tests/vectors/python-pallycon.py"""
import base64
import json
from importlib.metadata import version
from pathlib import Path

from pallycon import PallyConClient

ACCOUNT = {"siteId": "TUTO", "siteKey": "lU5D8s3PWoLls3PWFWkClULlFWk5D8oC", "accessKey": "LT2FVJDp2Xr018zf4Di6lzvNOv3DKP20"}
ID, KEY, IV = "00112233445566778899aabbccddeeff", "0f0e0d0c0b0a09080706050403020100", "30313233343536373839616263646566"

EVERY_FIELD = {
    "policy_version": 2,
    "playback_policy": {
        "persistent": True, "license_duration": 86400, "rental_duration": 3600, "playback_duration": 1800,
        "allowed_track_types": "SD_UHD2", "max_stream_per_user": 3, "renewal_duration": 60,
    },
    "security_policy": [
        {
            "track_type": "UHD1",
            "widevine": {
                "security_level": 5, "required_hdcp_version": "HDCP_V2_3", "required_cgms_flags": "COPY_NEVER", "disable_analog_output": True,
                "hdcp_srm_rule": "CURRENT_SRM", "override_device_revocation": False, "enable_license_cipher": True, "allow_test_device": False,
            },
            "playready": {
                "security_level": 3000, "digital_video_protection_level": 301, "analog_video_protection_level": 201,
                "digital_audio_protection_level": 300, "require_hdcp_type_1": True, "enable_license_cipher": False,
            },
            "fairplay": {"hdcp_enforcement": -1, "allow_airplay": True, "allow_av_adapter": False},
            "ncg": {"allow_mobile_abnormal_device": False, "allow_external_display": True, "control_hdcp": 2},
            "wiseplay": {"security_level": 3, "output_control": 0},
        },
        {"track_type": "AUDIO", "widevine": {"security_level": 1}},
    ],
    "external_key": {
        "mpeg_cenc": [{"track_type": "ALL", "key_id": ID, "key": KEY, "iv": IV}, {"track_type": "HD", "key_id": ID, "key": KEY, "iv": None}],
        "hls_aes": [{"track_type": "SD", "key": KEY, "iv": IV}, {"track_type": "AUDIO", "key_id": ID, "key": KEY}],
        "ncg": {"track_type": "ALL", "cek": KEY + KEY},
    },
}
TOKENS = [
    ("Widevine", "test-user", "bigbuckbunny", {"policy_version": 2}),
    (
        "PlayReady", "user@example.com", "film-1_a",
        {
            "policy_version": 2, "playback_policy": {"persistent": False, "license_duration": 3600},
            "security_policy": [{"track_type": "HD", "playready": {"security_level": 2000}}],
        },
    ),
    ("FairPlay", "LICENSETOKEN", "live/channel+1", {"policy_version": 2, "playback_policy": {"expire_date": "2099-01-01T00:00:00Z"}}),
    # A policy of version 1, as older sites write it.
    ("NCG", "사용자", "cid", {"playback_policy": {"limit": True, "persistent": False, "duration": 3600}}),
    ("Widevine", "u", "every-field", EVERY_FIELD),
    ("FairPlay", "u", "durations-as-text", {"policy_version": 2, "playback_policy": {"license_duration": "3600", "renewal_duration": "60"}}),
    ("PlayReady", "u", "empty-lists", {"policy_version": 2, "security_policy": [], "external_key": {"mpeg_cenc": [], "hls_aes": []}}),
]


# The clock stands still, so that the file is always the same.
PallyConClient._get_timestamp = lambda _: "2026-05-05T12:00:00Z"


def mint(drm_type, user_id, content_id, policy):
    token = PallyConClient(*ACCOUNT.values(), drm_type, user_id, content_id, policy).license_token
    timestamp = json.loads(base64.b64decode(token))["timestamp"]
    return {"drmType": drm_type, "userId": user_id, "contentId": content_id, "policy": policy, "timestamp": timestamp, "token": token}


vectors = {"minted_by": "python-pallycon " + version("python-pallycon"), "account": ACCOUNT, "tokens": [mint(*each) for each in TOKENS]}
Path(__file__).with_suffix(".json").write_text(json.dumps(vectors, indent=2, ensure_ascii=False) + "\n")
