from credentialing.main import SERVICE

SERVICE.main()
